/// Runs a policy over a trace in simulated time.
package struct TraceSimulation<Policy: SchedulingPolicy> {
    /// Sees every step, and the items that it ran.
    package typealias Observer = (TraceStep, ScheduledStep) throws -> Void

    private let requests: [TraceRequest]
    private let stepTime: StepTimeModel
    package private(set) var policy: Policy
    private var next = 0
    private var clock = 0.0
    /// When each request got its last token; negative before the first.
    private var lastToken: [Double]
    private var result = TraceResult()
    private var sampled: [SampledToken] = []
    private var prompts = TracePrompts()
    private var usage = 0.0

    /// - Parameters:
    ///   - requests: in the order of arrival, each without a `fault`.
    ///   - stepTime: usable.
    package init(_ requests: [TraceRequest], stepTime: StepTimeModel, policy: Policy) {
        self.requests = requests.sorted { $0.arrival < $1.arrival }
        self.stepTime = stepTime
        self.policy = policy
        lastToken = [Double](repeating: -1, count: requests.count)
    }

    /// Goes on until every request has ended.
    package mutating func run(observer: Observer? = nil) throws -> TraceResult {
        while true {
            addArrivals()
            let step = try policy.schedule()
            if step.isEmpty {
                guard policy.isIdle else {
                    throw SimulationError.stuck(step: result.steps, waiting: policy.waitingCount)
                }
                guard next < requests.count else { break }
                clock = requests[next].arrival
                continue
            }
            try run(step, observer)
        }
        result.duration = clock
        result.meanUsage = result.busy > 0 ? usage / result.busy : 0
        result.hitTokens = policy.pool.hits.hitTokens
        return result
    }

    private mutating func run(_ step: ScheduledStep, _ observer: Observer?) throws {
        let work = StepWork(step, blockTokens: policy.pool.blockTokens)
        let seconds = stepTime.seconds(work)
        if let observer {
            try observer(
                TraceStep(
                    step: result.steps, time: clock, seconds: seconds, work: work, running: policy.runningCount,
                    waiting: policy.waitingCount, paused: policy.pausedCount, usedBlocks: policy.pool.usedCount), step)
        }
        result.greatestRunning = max(result.greatestRunning, policy.runningCount)
        result.steps += 1
        result.busy += seconds
        result.prefillTokens += work.prefillTokens
        usage += policy.pool.usage * seconds
        clock += seconds
        sampled.removeAll(keepingCapacity: true)
        for item in step.items where item.samples {
            record(item.request.number)
            sampled.append(SampledToken(request: item.request, token: 0))
        }
        for id in try policy.complete(sampled) {
            result.completed += 1
            result.promptTokens += requests[id.number].promptLength
            result.outputTokens += requests[id.number].outputLength
            result.endToEnd.record(clock - requests[id.number].arrival)
        }
    }

    private mutating func record(_ index: Int) {
        let last = lastToken[index]
        if last < 0 {
            result.firstToken.record(clock - requests[index].arrival)
        } else {
            result.betweenTokens.record(clock - last)
        }
        lastToken[index] = clock
    }

    private mutating func addArrivals() {
        while next < requests.count, requests[next].arrival <= clock {
            let request = requests[next]
            do throws(RequestRefusal) {
                try policy.add(
                    SchedulerRequest(
                        id: RequestID(next), prompt: prompts.prompt(request, next, policy.pool.cachesPrefixes),
                        maximumNewTokens: request.outputLength, priority: request.priority, arrival: request.arrival))
            } catch {
                result.refused += 1
                if result.firstRefusal == nil { result.firstRefusal = (next, error) }
            }
            next += 1
        }
        result.greatestWaiting = max(result.greatestWaiting, policy.waitingCount)
    }
}

/// Prompts that are equal as far as their requests say, and no further.
private struct TracePrompts {
    /// Zeros of each length: what waits shares them.
    private var zeros: [Int: [Int32]] = [:]

    mutating func prompt(_ request: TraceRequest, _ index: Int, _ isLookedUp: Bool) -> [Int32] {
        let length = request.promptLength
        guard isLookedUp else {
            if let prompt = zeros[length] { return prompt }
            let prompt = [Int32](repeating: 0, count: length)
            zeros[length] = prompt
            return prompt
        }
        // A key says everything about what is before it, so that one token makes all of a prompt different.
        var prompt = [Int32](repeating: 0, count: length)
        if request.sharedPrefix > 0 { prompt[0] = -1 &- Int32(truncatingIfNeeded: request.group) }
        if request.sharedPrefix < length { prompt[request.sharedPrefix] = 1 &+ Int32(truncatingIfNeeded: index) }
        return prompt
    }
}
