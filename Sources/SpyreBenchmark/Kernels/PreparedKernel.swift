/// A kernel with its operands on the device, ready to run again and again.
package protocol PreparedKernel: AnyObject {
    var work: KernelWork { get }
    /// Runs it once and waits.
    func run() throws
    /// Compares the result of the last run with float64.
    func check() throws -> KernelCheck
    /// Another library's kernel for the same work; nil when there is none.
    func peer() throws -> (any KernelPeer)?
}

extension PreparedKernel {
    package func peer() throws -> (any KernelPeer)? { nil }
}

/// The same work in another library.
package protocol KernelPeer: AnyObject {
    /// Name, version and what it runs on.
    var name: String { get }
    /// Runs it so many times; returns the seconds.
    func seconds(repetitions: Int) -> Double
}
