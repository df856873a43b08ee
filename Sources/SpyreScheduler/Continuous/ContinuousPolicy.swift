/// Scheduling for the host, without phases: a step gives each request some of the tokens that are known and not computed
/// yet, whether of its prompt or generated, up to a budget of token rows (the unified scheduling of vLLM's V1 engine).
/// When blocks run out a request is sent back and starts over later; what the prefix cache still has of it is not
/// computed again.
public struct ContinuousPolicy: SchedulingPolicy {
    public let limits: ContinuousLimits
    public private(set) var pool: BlockPool
    private(set) var sequences: [RequestID: SequenceState] = [:]
    private var queue: WaitingQueue
    public private(set) var running: [RequestID] = []
    /// How often a request was sent back.
    public private(set) var preemptions = 0

    public init(limits: ContinuousLimits, pool: BlockPool) {
        self.limits = limits
        self.pool = pool
        queue = WaitingQueue(order: limits.order)
    }

    public var waiting: [RequestID] { queue.all }
    public var paused: [RequestID] { [] }
    public var isIdle: Bool { sequences.isEmpty }

    // MARK: Requests

    public mutating func add(_ request: SchedulerRequest) throws(RequestRefusal) {
        guard sequences[request.id] == nil else { throw .knownAlready(request.id) }
        let prompt = request.prompt.count, new = request.maximumNewTokens
        guard prompt > 0 else { throw .emptyPrompt }
        guard new > 0 else { throw .noNewTokens(new) }
        let most = limits.chunksPrompts
            ? limits.maximumModelLength : min(limits.maximumModelLength, limits.maximumStepTokens)
        guard new <= limits.maximumModelLength, prompt <= most, prompt + new <= limits.maximumModelLength else {
            throw .tooLong(prompt: prompt, newTokens: new, limit: limits.maximumModelLength)
        }
        // The last new token is never run. Sent back before it, a request computes all others at once.
        let needed = pool.blocks(forTokens: prompt + new - 1) + limits.watermarkBlocks
        guard needed <= pool.capacity else { throw .needsMoreBlocks(needed: needed, capacity: pool.capacity) }
        sequences[request.id] = SequenceState(request)
        queue.append(request)
    }

    public mutating func cancel(_ id: RequestID) throws(BlockPoolError) -> Bool {
        guard sequences[id] != nil else { return false }
        try end(id)
        return true
    }

    private mutating func end(_ id: RequestID) throws(BlockPoolError) {
        guard var sequence = sequences.removeValue(forKey: id) else { return }
        try sequence.release(to: &pool)
        if !queue.cancel(id) { running.removeAll { $0 == id } }
    }

    // MARK: Steps

    public mutating func schedule() throws(BlockPoolError) -> ScheduledStep {
        var step = StepInProgress(budget: limits.maximumStepTokens)
        let sentBack = try continueRunning(&step)
        if !sentBack { startWaiting(&step) }
        return ScheduledStep(items: step.items)
    }

    public mutating func complete(_ tokens: [SampledToken]) throws(BlockPoolError) -> [RequestID] {
        var ended: [RequestID] = []
        for token in tokens {
            // In place: a copy of a sequence is a copy of its tokens.
            sequences[token.request]?.append(token.token)
            guard let sequence = sequences[token.request] else { continue }
            guard token.ends || sequence.generated >= sequence.request.maximumNewTokens else { continue }
            ended.append(token.request)
        }
        for id in ended { try end(id) }
        return ended
    }

    /// Gives running requests their next tokens, in order. Returns whether one was sent back.
    private mutating func continueRunning(_ step: inout StepInProgress) throws(BlockPoolError) -> Bool {
        var sentBack = false
        var index = 0
        while index < running.count, step.budget > 0 {
            let id = running[index]
            guard let remaining = sequences[id]?.remaining, let computed = sequences[id]?.computed else { break }
            let count = min(remaining, limits.longPrefillTokens ?? remaining, step.budget)
            while sequences[id]?.grow(to: computed + count, pool: &pool) == false {
                let victim = victim()
                try sendBack(victim, &step, index: &index)
                sentBack = true
                if victim == id { return true }
            }
            take(id, count, &step)
            index += 1
        }
        return sentBack
    }

    private func victim() -> RequestID {
        switch limits.order {
        case .firstCome: running[running.count - 1]
        case .priority:
            running.max {
                guard let a = sequences[$0]?.request, let b = sequences[$1]?.request else { return false }
                return (a.priority, a.arrival, a.id.number) < (b.priority, b.arrival, b.id.number)
            } ?? running[running.count - 1]
        }
    }

    /// Takes everything from a running request and makes it wait, before all that have not started.
    private mutating func sendBack(
        _ id: RequestID, _ step: inout StepInProgress, index: inout Int
    ) throws(BlockPoolError) {
        guard let place = running.firstIndex(of: id), let request = sequences[id]?.request else { return }
        running.remove(at: place)
        if place < index {
            index -= 1
            step.remove(id)
        }
        try sequences[id]?.release(to: &pool)
        queue.sendBack(request)
        preemptions += 1
    }

    /// Starts requests while there is room. The first that has to wait keeps all behind it waiting.
    private mutating func startWaiting(_ step: inout StepInProgress) {
        while step.budget > 0, running.count < limits.maximumSequences, let id = queue.first() {
            guard let known = sequences[id]?.tokens.count, let prefix = sequences[id]?.findPrefix(in: pool) else {
                return
            }
            let computed = prefix.count * pool.blockTokens, remaining = known - computed
            if !limits.chunksPrompts && remaining > step.budget { return }
            let count = min(remaining, limits.longPrefillTokens ?? remaining, step.budget)
            let missing = pool.blocks(forTokens: limits.reservesPrompts ? known : computed + count) - prefix.count
            let revived = prefix.count { pool.referenceCount(of: $0) == 0 }
            let watermark = running.isEmpty ? 0 : limits.watermarkBlocks
            guard missing + revived + watermark <= pool.freeCount else { return }
            pool.hits.record(tokens: known, hits: computed)
            sequences[id]?.begin(with: prefix, pool: &pool)
            _ = sequences[id]?.grow(to: computed + count, pool: &pool)
            queue.removeFirst()
            running.append(id)
            take(id, count, &step)
        }
    }

    /// Adds the next `count` tokens of a request that has blocks for them.
    private mutating func take(_ id: RequestID, _ count: Int, _ step: inout StepInProgress) {
        guard let start = sequences[id]?.computed else { return }
        sequences[id]?.computed = start + count
        sequences[id]?.rememberFullBlocks(in: &pool)
        guard let sequence = sequences[id] else { return }
        step.append(
            ScheduledItem(
                request: id, start: start, count: count, samples: sequence.remaining == 0, blocks: sequence.blocks))
    }
}

/// The items of a step and the token rows that are left.
private struct StepInProgress {
    private(set) var items: [ScheduledItem] = []
    private(set) var budget: Int

    init(budget: Int) { self.budget = budget }

    mutating func append(_ item: ScheduledItem) {
        items.append(item)
        budget -= item.count
    }

    mutating func remove(_ id: RequestID) {
        guard let index = items.firstIndex(where: { $0.request == id }) else { return }
        budget += items[index].count
        items.remove(at: index)
    }
}
