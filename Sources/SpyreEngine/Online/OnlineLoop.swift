import Foundation
import SpyreExecutor
import SpyreScheduler

/// The body of the engine's thread: takes orders, runs steps, hands out what came of them.
final class OnlineLoop {
    private let loop: BatchLoop
    private let executor: any Executor
    private let queue: RequestQueue
    private let observer: (any EngineObserver)?
    /// The requests that have not ended, by number.
    private var arrivals: [Int: Arrival] = [:]
    /// Those of them that have a time limit.
    private var deadlines = DeadlineList()
    private var load = EngineLoad()
    /// What the running step ends: told to the readers when the scheduler has been told.
    private var ended: [RequestState] = []
    private var failing: [(number: Int, error: EngineError, outcome: RequestReport.Outcome)] = []

    private init(_ llm: LLM, _ queue: RequestQueue, _ observer: (any EngineObserver)?) throws(EngineError) {
        executor = llm.executor
        loop = BatchLoop(
            policy: try llm.takePolicy(), firstID: llm.nextRequestID, executor: llm.executor, tokenizer: llm.tokenizer,
            logits: try LogitsBuffer(llm.limits))
        self.queue = queue
        self.observer = observer
        load.blockCapacity = loop.policy.pool.capacity
    }

    /// Starts a thread that runs until it is told to stop, or fails.
    static func start(
        _ llm: sending LLM, queue: RequestQueue, observer: (any EngineObserver)?,
        onFailure: @escaping @Sendable (EngineError) -> Void
    ) throws(EngineError) {
        let loop = Handover(try OnlineLoop(llm, queue, observer))
        let thread = Thread {
            loop.value.run(onFailure)
            queue.noteThreadEnd()
        }
        thread.name = "spyre-engine"
        thread.stackSize = 8 << 20
        thread.start()
    }

    /// Gives a value to the thread, which alone uses it from then on.
    private struct Handover: @unchecked Sendable {
        let value: OnlineLoop
        init(_ value: OnlineLoop) { self.value = value }
    }

    private func run(_ onFailure: (EngineError) -> Void) {
        do {
            try runUntilStopped()
            end(all: .stopped, failure: nil)
        } catch {
            let reason = "\(error)"
            end(all: .engineFailed(reason), failure: reason)
            onFailure(.engineFailed(reason))
        }
    }

    private func runUntilStopped() throws {
        while true {
            let orders = queue.take(load, isIdle: loop.isFinished)
            // Known before anything can fail: whoever is known is told of the end.
            for arrival in orders.arrivals { arrivals[arrival.number] = arrival }
            if orders.stops { return }
            for arrival in orders.arrivals { take(arrival) }
            for number in orders.cancellations { try giveUp(number, .cancelled, .abort) }
            try expire()
            if !loop.isFinished {
                try step()
            } else if orders.drains {
                return
            }
            updateLoad()
        }
    }

    private func step() throws {
        try loop.step { deliver($1, of: $0) }
        load.promptTokens += loop.report.promptTokens
        load.generationTokens += loop.report.outputTokens
        for (number, error, outcome) in failing { try giveUp(number, error, outcome) }
        try finishEnded()
        ended = []
        failing = []
        observer?.stepEnded(loop.report)
    }

    /// Whoever reads the end of a request finds it counted, and its blocks free.
    private func finishEnded() throws {
        guard !ended.isEmpty else { return }
        for request in ended {
            try loop.remove(request.number)
            tell(request, .init(request))
        }
        updateLoad()
        queue.publish(load)
        for request in ended { arrivals.removeValue(forKey: request.number)?.channel.finish(request.output) }
    }

    // MARK: Requests

    private func take(_ arrival: Arrival) {
        // Given up before it was taken.
        guard !arrival.channel.hasEnded else {
            arrivals[arrival.number] = nil
            load.endedRequests[.abort, default: 0] += 1
            return
        }
        do throws(RequestRefusal) {
            try loop.add(arrival.prepared, as: arrival.number, arrival: arrival.instant)
        } catch {
            load.endedRequests[.error, default: 0] += 1
            arrivals[arrival.number] = nil
            arrival.channel.fail(.refused(prompt: nil, error))
            return
        }
        deadlines.add(arrival)
    }

    private func deliver(_ delta: GenerationDelta, of request: RequestState) {
        guard let channel = arrivals[request.number]?.channel else { return }
        if delta.finishReason == .error {
            let reason = request.completions.last?.error ?? "no reason was given"
            failing.append((request.number, .completionFailed(index: delta.index, reason: reason), .error))
        } else if !channel.push(delta, promptLogprobs: request.output.promptLogprobs) {
            failing.append((request.number, .slowReader(bytes: queue.limits.unreadBytes), .abort))
        } else if request.isFinished {
            ended.append(request)
        }
    }

    /// Ends a request before its time; its blocks are free when this returns.
    private func giveUp(_ number: Int, _ error: EngineError, _ outcome: RequestReport.Outcome) throws {
        guard let arrival = arrivals.removeValue(forKey: number) else { return }
        let request = try loop.remove(number)
        arrival.channel.fail(error)
        if let request { tell(request, outcome) }
    }

    private func expire() throws {
        let now = ContinuousClock.now
        while let (number, isForStart) = deadlines.next(before: now) {
            let hasStarted = loop.requests[number]?.timeline.start != nil
            if hasStarted && isForStart { continue }
            try giveUp(number, .deadlineExceeded(hasStarted: hasStarted), .deadline)
        }
    }

    private func tell(_ request: RequestState, _ outcome: RequestReport.Outcome) {
        let now = ContinuousClock.now
        request.noteEnd(at: now)
        load.endedRequests[outcome, default: 0] += 1
        queue.noteEnd(at: now)
        observer?.requestEnded(RequestReport(request, outcome))
    }

    /// Ends all requests, those that are still in the queue included.
    private func end(all error: EngineError, failure: String?) {
        for (number, arrival) in arrivals.sorted(by: { $0.key < $1.key }) {
            if let request = loop.requests[number] { tell(request, failure == nil ? .abort : .error) }
            arrival.channel.fail(error)
        }
        arrivals = [:]
        load.runningRequests = 0
        load.waitingRequests = 0
        load.waitingTokens = 0
        load.usedBlocks = 0
        load.stepBegan = nil
        for arrival in queue.close(load, failure: failure) { arrival.channel.fail(error) }
    }

    // MARK: Load

    private func updateLoad() {
        let waiting = loop.requests.values.filter { $0.timeline.start == nil }
        load.waitingRequests = waiting.count
        load.waitingTokens = waiting.reduce(0) { $0 + $1.prepared.promptTokenIDs.count }
        load.runningRequests = loop.requests.count - waiting.count
        let pool = loop.policy.pool
        load.usedBlocks = pool.usedCount
        load.prefixQueriedTokens = pool.hits.queriedTokens
        load.prefixHitTokens = pool.hits.hitTokens
        load.steps = loop.statistics
        load.compilationsAfterWarmUp = executor.compilationsAfterWarmUp
    }
}

extension RequestReport.Outcome {
    /// That of a request whose completions have all ended.
    fileprivate init(_ request: RequestState) {
        switch request.completions.min(by: { $0.index < $1.index })?.finishReason {
        case .stop: self = .stop
        case .length: self = .length
        case .abort: self = .abort
        case .error, nil: self = .error
        }
    }
}
