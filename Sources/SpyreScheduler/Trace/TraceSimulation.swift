/// Runs a policy over a trace in simulated time.
package struct TraceSimulation<Policy: SchedulingPolicy> {
    /// In the order of arrival, which numbers them.
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
    /// Steps since one gave a token, and how many of them there can be: every token of a prompt in a step of its own,
    /// with much room for requests that are sent back.
    private var barrenSteps = 0
    private var mostBarrenSteps = 0
    /// Refused since the last step.
    private var refused: [Int] = []

    /// - Parameters:
    ///   - requests: in any order; they are numbered in the order of arrival.
    ///   - stepTime: usable.
    package init(_ requests: [TraceRequest], stepTime: StepTimeModel, policy: Policy) {
        self.requests = TraceRequest.inOrder(requests)
        self.stepTime = stepTime
        self.policy = policy
        lastToken = [Double](repeating: -1, count: requests.count)
    }

    /// Goes on until every request has ended.
    /// - Throws: `SimulationError`, `BlockPoolError` when the policy breaks its own rules, and what `observer` throws.
    package mutating func run(observer: StepObserver? = nil) throws -> TraceResult {
        // An arrival that is no number would never come.
        if let index = requests.firstIndex(where: { $0.fault != nil }) {
            throw SimulationError.badTrace(request: index, reason: requests[index].fault ?? "")
        }
        mostBarrenSteps = requests.reduce(1 << 20) { $0 + $1.promptLength + $1.outputLength }
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

    private mutating func run(_ step: ScheduledStep, _ observer: StepObserver?) throws {
        let work = StepWork(step, blockTokens: policy.pool.blockTokens)
        let seconds = stepTime.seconds(work)
        if let observer {
            let observed = ObservedStep(
                policy, step: result.steps, time: clock, seconds: seconds, work: work, refused: refused)
            try observer(observed, step) { !policy.blocks(of: $0).isEmpty }
        }
        refused.removeAll(keepingCapacity: true)
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
        barrenSteps = sampled.isEmpty ? barrenSteps + 1 : 0
        guard barrenSteps <= mostBarrenSteps else {
            throw SimulationError.noProgress(step: result.steps, steps: barrenSteps)
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
                refused.append(next)
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
