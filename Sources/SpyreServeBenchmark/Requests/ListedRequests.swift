/// Requests of a file, over and over.
package struct ListedRequests: RequestSource {
    /// At least one.
    private let requests: [BenchmarkRequest]

    /// - Returns: nil without requests.
    package init?(_ requests: [BenchmarkRequest]) {
        guard !requests.isEmpty else { return nil }
        self.requests = requests
    }

    package func request(_ index: Int) -> BenchmarkRequest {
        // A negative number is a warm-up's.
        let place = index % requests.count
        return requests[place < 0 ? place + requests.count : place]
    }
}
