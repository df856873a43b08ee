/// Runs a policy over a case, and tells what it looks like after each step, until all requests have ended.
package struct CaseSimulation<Policy: SchedulingPolicy> {
    private static var maximumSteps: Int { 1 << 20 }
    private static var maximumTokens: Int { 1 << 24 }

    private let input: SimulationCase
    private var policy: Policy
    /// Requests in the order in which they arrive.
    private var arrivals: [Int]
    private let indices: [String: Int]

    package init(_ input: SimulationCase, policy: Policy) throws(SimulationError) {
        self.input = input
        self.policy = policy
        var indices: [String: Int] = [:]
        for (index, request) in input.requests.enumerated() {
            guard indices.updateValue(index, forKey: request.id) == nil else {
                throw .duplicateID(case: input.name, id: request.id)
            }
            guard request.promptLength <= Self.maximumTokens, request.maximumNewTokens <= Self.maximumTokens else {
                throw Self.refused(input, index, "asks for more than \(Self.maximumTokens) tokens; give it fewer")
            }
        }
        self.indices = indices
        arrivals = input.requests.indices.sorted {
            (input.requests[$0].arrivalStep, $0) < (input.requests[$1].arrivalStep, $1)
        }
    }

    package consuming func rows(observer: StepObserver? = nil) throws -> [SimulationRow] {
        var next = 0
        try addArrivals(at: 0, &next)
        var rows = [row(0, ScheduledStep(), finished: [])]
        for number in 1...Self.maximumSteps {
            let step = try policy.schedule()
            guard !step.isEmpty || policy.isIdle else {
                throw SimulationError.stuck(step: number, waiting: policy.waitingCount)
            }
            if let observer, !step.isEmpty {
                let observed = ObservedStep(
                    policy, step: number, time: Double(number - 1), seconds: 1,
                    work: StepWork(step, blockTokens: policy.pool.blockTokens))
                try observer(observed, step) { !policy.blocks(of: $0).isEmpty }
            }
            let finished = try policy.complete(step.items.filter(\.samples).map(sampled))
            try addArrivals(at: number, &next)
            rows.append(row(number, step, finished: finished))
            if step.isEmpty, policy.isIdle, next == arrivals.count { return rows }
        }
        throw SimulationError.tooManySteps(Self.maximumSteps)
    }

    private mutating func addArrivals(at step: Int, _ next: inout Int) throws(SimulationError) {
        while next < arrivals.count, input.requests[arrivals[next]].arrivalStep <= step {
            let index = arrivals[next], request = input.requests[index]
            let prompt = (0..<max(0, request.promptLength)).map { token(index, $0) }
            do throws(RequestRefusal) {
                try policy.add(
                    SchedulerRequest(
                        id: RequestID(index), prompt: prompt, maximumNewTokens: request.maximumNewTokens,
                        priority: request.priority, arrival: Double(step)))
            } catch {
                throw Self.refused(input, index, error.description)
            }
            next += 1
        }
    }

    private static func refused(_ input: SimulationCase, _ index: Int, _ reason: String) -> SimulationError {
        .badRequest(case: input.name, id: input.requests[index].id, reason: reason)
    }

    /// Every request has tokens of its own but for the prefix that it shares with the first, whose output goes on as its
    /// prompt began.
    private func token(_ index: Int, _ position: Int) -> Int32 {
        let owner = position < input.requests[index].sharedPrefix ? 0 : index
        return Int32(truncatingIfNeeded: owner &* 0x9E37_79B1 &+ position)
    }

    private func sampled(_ item: ScheduledItem) -> SampledToken {
        SampledToken(request: item.request, token: token(item.request.number, item.start + item.count))
    }

    private func row(_ number: Int, _ step: ScheduledStep, finished: [RequestID]) -> SimulationRow {
        let chunk = step.items.first { !$0.slotBlocks.isEmpty }
        return SimulationRow(
            step: number, tkv: step.tkv, waiting: policy.waiting.map(name), running: policy.running.map(name),
            outputs: step.items.filter(\.samples).map { name($0.request) }, finished: finished.map(name),
            usedBlocks: policy.pool.usedCount, reservedBlocks: policy.reservedBlocks,
            blockTables: Dictionary(
                (policy.running + policy.paused).map { (name($0), policy.blocks(of: $0)) },
                uniquingKeysWith: { a, _ in a }
            ), prefillSlotBlocks: chunk.map { [name($0.request): $0.slotBlocks] },
            shape: step.staticBatch?.shape.description)
    }

    private func name(_ id: RequestID) -> String { input.requests[id.number].id }
}
