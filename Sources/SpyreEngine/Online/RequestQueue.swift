import Foundation

/// What callers and the engine's thread share: requests and cancellations go in, the load comes out. Any thread.
///
/// The engine's thread sleeps here while it has nothing to do. Requests are counted from their admission, before anything is
/// spent on them, until they start.
final class RequestQueue: @unchecked Sendable {
    /// What the engine's thread takes out before a step.
    struct Orders {
        var arrivals: [Arrival] = []
        var cancellations: [Int] = []
        var stops = false
        var drains = false
    }

    let limits: QueueLimits
    /// Guards all below.
    private let condition = NSCondition()
    private var arrivals: [Arrival] = []
    private var cancellations: [Int] = []
    /// Admitted, and not yet submitted.
    private var reserved = 0
    private var nextNumber = 0
    private var stops = false
    private var drains = false
    private var failure: String?
    private var hasEnded = false
    private var published = EngineLoad()
    private var refused = 0
    private var pace = CompletionPace()
    private var endWaiters: [CheckedContinuation<Void, Never>] = []

    init(_ limits: QueueLimits) { self.limits = limits }

    // MARK: Callers

    /// Reserves a place for a request.
    func admit(_ count: Int, at now: ContinuousClock.Instant) throws(EngineError) {
        let error: EngineError? = condition.withLock {
            if let error = closedReason { return error }
            let waiting = waitingRequests
            // One call may have more requests than the queue has places; an empty queue takes it.
            guard waiting == 0 || count <= limits.waitingRequests - waiting, waitingTokens < limits.waitingTokens else {
                refused += count
                return .overloaded(
                    waiting: waiting, retryAfterSeconds: pace.secondsUntilFree(behind: waiting, now: now))
            }
            reserved += count
            return nil
        }
        if let error { throw error }
    }

    /// Gives a place back that was not used.
    func giveBack(_ count: Int) {
        guard count > 0 else { return }
        condition.withLock {
            reserved -= count
            condition.signal()
        }
    }

    /// Hands a request over that has a place.
    func submit(_ arrival: (_ number: Int) -> Arrival) throws(EngineError) -> Arrival {
        let result: Result<Arrival, EngineError> = condition.withLock {
            // A drain lets those pass that were admitted before it.
            if stops || hasEnded || failure != nil, let error = closedReason { return .failure(error) }
            reserved -= 1
            let arrival = arrival(nextNumber)
            nextNumber += 1
            arrivals.append(arrival)
            condition.signal()
            return .success(arrival)
        }
        return try result.get()
    }

    func cancel(_ number: Int) {
        condition.withLock {
            cancellations.append(number)
            condition.signal()
        }
    }

    func drain() {
        condition.withLock {
            drains = true
            condition.signal()
        }
    }

    func stop() {
        condition.withLock {
            stops = true
            condition.signal()
        }
    }

    /// Returns when the engine's thread has ended.
    func waitForEnd() async {
        await withCheckedContinuation { waiter in
            let isOver = condition.withLock {
                if !hasEnded { endWaiters.append(waiter) }
                return hasEnded
            }
            if isOver { waiter.resume() }
        }
    }

    var load: EngineLoad {
        condition.withLock {
            var load = published
            load.waitingRequests = waitingRequests
            load.waitingTokens = waitingTokens
            load.refusedRequests = refused
            load.phase = phase
            return load
        }
    }

    // MARK: The engine's thread

    /// Sleeps while there is nothing to do, and takes what is there.
    ///
    /// - Parameters:
    ///   - load: what the engine does.
    ///   - isIdle: whether no request is there.
    func take(_ load: EngineLoad, isIdle: Bool) -> Orders {
        condition.withLock {
            published = load
            while isIdle, arrivals.isEmpty, cancellations.isEmpty, !stops, !(drains && reserved <= 0) {
                condition.wait()
            }
            defer {
                // Until the next report those that were taken out wait.
                published.waitingRequests += arrivals.count
                published.waitingTokens += arrivals.reduce(0) { $0 + $1.prepared.promptTokenIDs.count }
                published.stepBegan = .now
                arrivals = []
                cancellations = []
            }
            return Orders(
                arrivals: arrivals, cancellations: cancellations, stops: stops, drains: drains && reserved <= 0)
        }
    }

    /// Tells what the engine does, between two steps.
    func publish(_ load: EngineLoad) { condition.withLock { published = load } }

    func noteEnd(at now: ContinuousClock.Instant) { condition.withLock { pace.note(now) } }

    /// Takes no more requests. Returns those that were handed over and not taken out.
    func close(_ load: EngineLoad, failure: String?) -> [Arrival] {
        condition.withLock {
            published = load
            self.failure = failure
            stops = true
            defer { arrivals = [] }
            return arrivals
        }
    }

    /// The engine's thread is about to end.
    func noteThreadEnd() {
        let waiters = condition.withLock {
            hasEnded = true
            defer { endWaiters = [] }
            return endWaiters
        }
        for waiter in waiters { waiter.resume() }
    }

    // MARK: Under the lock

    private var waitingRequests: Int { reserved + arrivals.count + published.waitingRequests }

    private var waitingTokens: Int {
        arrivals.reduce(published.waitingTokens) { $0 + $1.prepared.promptTokenIDs.count }
    }

    private var phase: EnginePhase {
        if let failure { return .failed(failure) }
        if hasEnded { return .stopped }
        return drains || stops ? .draining : .running
    }

    private var closedReason: EngineError? {
        if let failure { return .engineFailed(failure) }
        if stops || hasEnded { return .stopped }
        return drains ? .draining : nil
    }
}
