import Synchronization

/// A place in an engine's queue, to be had before anything is spent on a request: a full engine refuses without
/// tokenising. A place that is not used goes back when the ticket is let go.
public final class AdmissionTicket: Sendable {
    let instant: ContinuousClock.Instant
    private let unused: Mutex<Int>
    private let queue: RequestQueue

    init(_ queue: RequestQueue, count: Int) throws(EngineError) {
        instant = .now
        try queue.admit(count, at: instant)
        self.queue = queue
        unused = Mutex(count)
    }

    deinit { queue.giveBack(unused.withLock { $0 }) }

    /// Uses one place.
    func redeem(_ arrival: (_ number: Int) -> Arrival) throws(EngineError) -> Arrival {
        let isThere = unused.withLock { unused in
            guard unused > 0 else { return false }
            unused -= 1
            return true
        }
        guard isThere else { throw .inconsistent("more requests than places in the queue were asked for") }
        do throws(EngineError) {
            return try queue.submit(arrival)
        } catch {
            unused.withLock { $0 += 1 }
            throw error
        }
    }
}
