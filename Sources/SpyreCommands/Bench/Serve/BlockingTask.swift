import Dispatch
import Synchronization

/// Runs asynchronous work from a command, which is not.
enum BlockingTask {
    private final class Outcome<Value: Sendable>: Sendable {
        let result = Mutex<Result<Value, any Error>?>(nil)
    }

    /// Waits for the work on the calling thread, which is not one of the work's, and calls `whileWaiting` ten times a
    /// second.
    static func run<Value: Sendable>(
        whileWaiting: () -> Void, _ work: @escaping @Sendable () async throws -> Value
    ) throws -> Value {
        let outcome = Outcome<Value>()
        let done = DispatchSemaphore(value: 0)
        Task {
            do {
                let value = try await work()
                outcome.result.withLock { $0 = .success(value) }
            } catch {
                outcome.result.withLock { $0 = .failure(error) }
            }
            done.signal()
        }
        while done.wait(timeout: .now() + .milliseconds(100)) == .timedOut { whileWaiting() }
        guard let result = outcome.result.withLock({ $0 }) else {
            throw CommandFailure("the work ended without a result")
        }
        return try result.get()
    }
}
