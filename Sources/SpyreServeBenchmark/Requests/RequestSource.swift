/// Where requests come from. The request of a number is always the same one.
package protocol RequestSource: Sendable {
    /// - Parameter index: from 0 on, any number of them.
    func request(_ index: Int) -> BenchmarkRequest
}
