/// Scheduling for the host, without phases: a step gives each request some of the tokens that are known and not computed
/// yet, whether of its prompt or generated, up to a budget of token rows (the unified scheduling of vLLM's V1 engine).
/// When blocks run out a request is sent back and starts over later; what the prefix cache still has of it is not
/// computed again.
public struct ContinuousPolicy: SchedulingPolicy, TablePolicy {
    public let limits: ContinuousLimits
    public internal(set) var pool: BlockPool
    var table = RequestTable(vacant: SequenceState.vacant)
    var queue: WaitingQueue
    var runningSlots: [Int] = []
    /// The sequences that have not started since their prompt is run for another, and whose that is.
    var leaders: [RequestID: RequestID] = [:]
    /// Slots of the items of the last step that sample, in order.
    private(set) var sampling: [Int] = []
    /// How often a request was sent back.
    public private(set) var preemptions = 0

    /// - Parameter pool: one that nobody has taken blocks of.
    public init(limits: ContinuousLimits, pool: BlockPool) throws(ConfigurationError) {
        try limits.check()
        self.limits = limits
        self.pool = pool
        queue = WaitingQueue(order: limits.order)
    }

    public var waiting: [RequestID] { queue.all(in: table).map { table.id($0) } }
    public var running: [RequestID] { runningSlots.map { table.id($0) } }
    public var paused: [RequestID] { [] }
    public var waitingCount: Int { table.count - runningSlots.count }
    public var runningCount: Int { runningSlots.count }
    public var pausedCount: Int { 0 }
    public var forks: Bool { true }
    public var reservedBlocks: Int { 0 }
    public var isIdle: Bool { table.isEmpty }
    public func blocks(of id: RequestID) -> [Int32] { table.slot(of: id).map { table[$0].blocks } ?? [] }

    // MARK: Requests

    public mutating func add(_ request: SchedulerRequest) throws(RequestRefusal) {
        for id in [request.id] + request.siblings where table.slot(of: id) != nil || leaders[id] != nil {
            throw .knownAlready(id)
        }
        try RequestRefusal.check(request, maximumLength: limits.maximumModelLength)
        // The last new token is never run. Sent back before it, a request computes all others at once.
        let needed = pool.blocks(forTokens: request.prompt.count + request.maximumNewTokens - 1)
        guard needed <= pool.capacity else { throw .needsMoreBlocks(needed: needed, capacity: pool.capacity) }
        let state = SequenceState(request)
        for id in request.siblings { leaders[id] = request.id }
        queue.append(table.insert(state, for: request.id), state)
    }

    @discardableResult
    public mutating func cancel(_ id: RequestID) throws(BlockPoolError) -> Bool {
        if cancelSibling(id) { return true }
        guard let slot = table.slot(of: id) else { return false }
        promote(table[slot].siblings, of: table[slot])
        let count = runningSlots.count
        runningSlots.removeAll { $0 == slot }
        try table[slot].release(to: &pool)
        table.remove(id)
        if runningSlots.count == count { queue.noteCancelled(in: table) }
        return true
    }

    /// Sends all running requests back, so that the pool is free and the prefix cache can be reset. They start over in
    /// the order in which they ran.
    public mutating func sendAllBack() throws(BlockPoolError) {
        while let slot = runningSlots.popLast() { try sendBack(slot, undoingStep: false) }
    }

    /// Lets nobody find what was computed so far. Returns false, and does nothing, while requests hold blocks.
    public mutating func resetPrefixCache() -> Bool { pool.resetPrefixCache() }

    // MARK: Steps

    public mutating func schedule() throws(BlockPoolError) -> ScheduledStep {
        sampling.removeAll(keepingCapacity: true)
        var step = StepInProgress(
            budget: limits.maximumStepTokens, logitRows: limits.maximumLogitRows ?? .max, expecting: runningSlots.count)
        let sentBack = try continueRunning(&step)
        if !sentBack { startWaiting(&step) }
        return step.step
    }

    @discardableResult
    public mutating func complete(_ tokens: [SampledToken]) throws(BlockPoolError) -> [RequestID] {
        guard !leaders.isEmpty else { return try accept(tokens) }
        let siblings = Set(tokens.map(\.request).filter { leaders[$0] != nil })
        // Before their leader can end and give its blocks back.
        let ended = fork(tokens)
        let others = try accept(tokens.filter { !siblings.contains($0.request) })
        let all = Set(ended + others)
        return tokens.map(\.request).filter(all.contains)
    }

    /// Forgets a request; its slot is taken out of the running ones later.
    mutating func end(_ slot: Int) throws(BlockPoolError) {
        // Sent back while its token was under way, it holds no blocks and waits.
        let waits = table[slot].blocks.isEmpty
        try table[slot].release(to: &pool)
        table.remove(table.id(slot))
        if waits { queue.noteCancelled(in: table) }
    }

    mutating func forgetEnded() { runningSlots.removeAll { table.isVacant($0) } }

    /// Gives running requests their next tokens, in order. Returns whether one was sent back.
    private mutating func continueRunning(_ step: inout StepInProgress) throws(BlockPoolError) -> Bool {
        var sentBack = false
        var index = 0
        while index < runningSlots.count, step.budget > 0 {
            let slot = runningSlots[index]
            let count = share(of: table[slot], from: table[slot].computed, step)
            // Its token is still under way, or rows of logits are short.
            guard count > 0 else {
                index += 1
                continue
            }
            let end = table[slot].computed + count
            var isThere = true
            while isThere, try !grow(slot, to: end, &step) {
                let place = victim()
                let victim = runningSlots.remove(at: place)
                let wasScheduled = place < index && step.remove(table.id(victim))
                if place < index { index -= 1 }
                try sendBack(victim, undoingStep: wasScheduled)
                sentBack = true
                // vLLM ends the step here; those behind would lose a turn, and by priority all may be behind.
                isThere = victim != slot
            }
            guard isThere else { continue }
            take(slot, to: end, &step)
            index += 1
        }
        return sentBack
    }

    /// Takes the blocks that a request needs for its next tokens. Returns false, and has taken nothing, when there are too
    /// few.
    private mutating func grow(
        _ slot: Int, to end: Int, _ step: inout StepInProgress
    ) throws(BlockPoolError) -> Bool {
        guard table[slot].sharesNextBlock(in: pool) else { return table[slot].grow(to: end, pool: &pool) }
        let missing = pool.blocks(forTokens: end) - table[slot].blocks.count
        guard missing < pool.freeCount, let copy = try table[slot].ownNextBlock(pool: &pool) else { return false }
        step.append(copy, for: table.id(slot))
        return table[slot].grow(to: end, pool: &pool)
    }

    /// Tokens of a request in a step, of those from `computed` on.
    private func share(of state: SequenceState, from computed: Int, _ step: StepInProgress) -> Int {
        let remaining = state.tokens.count - computed
        let count = min(remaining, step.budget, limits.longPrefillTokens ?? remaining)
        if state.wantsAllLogits { return min(count, step.logitRows, limits.reportedRows) }
        // Without a row of logits it stops before its last known token.
        return count == remaining && step.logitRows == 0 ? count - 1 : count
    }

    /// The place among the running requests of the one that is sent back.
    private func victim() -> Int {
        let last = runningSlots.count - 1
        guard limits.order == .priority else { return last }
        return runningSlots.indices.max {
            let a = runningSlots[$0], b = runningSlots[$1]
            return (table[a].priority, table[a].arrival, table.ticket(a).number)
                < (table[b].priority, table[b].arrival, table.ticket(b).number)
        } ?? last
    }

    /// Takes everything from a request that has been taken out of the running ones, and makes it wait.
    private mutating func sendBack(_ slot: Int, undoingStep: Bool) throws(BlockPoolError) {
        try table[slot].release(to: &pool, undoingStep: undoingStep)
        queue.sendBack(table.ticket(slot), table[slot])
        preemptions += 1
    }

    /// Starts requests while there is room. The first that has to wait keeps all behind it waiting.
    private mutating func startWaiting(_ step: inout StepInProgress) {
        while step.budget > 0, runningSlots.count < limits.maximumSequences, let slot = queue.first(in: table) {
            let known = table[slot].tokens.count
            // None of its tokens could be run; a look into the cache would be for nothing.
            guard pool.freeCount > 0 || pool.cachesPrefixes else { return }
            let prefix = table[slot].findPrefix(in: pool)
            let computed = prefix.count * pool.blockTokens
            if !limits.chunksPrompts && known - computed > step.budget { return }
            let count = share(of: table[slot], from: computed, step)
            guard count > 0 else { return }
            let end = computed + count
            let missing = pool.blocks(forTokens: limits.reservesPrompts ? known : end) - prefix.count
            let revived = prefix.count { pool.referenceCount(of: $0) == 0 }
            let watermark = runningSlots.isEmpty ? 0 : limits.watermarkBlocks
            guard missing + revived + watermark <= pool.freeCount else { return }
            pool.hits.record(tokens: known, hits: computed)
            table[slot].begin(with: prefix, pool: &pool)
            guard table[slot].grow(to: end, pool: &pool) else { return }
            queue.removeFirst()
            runningSlots.append(slot)
            take(slot, to: end, &step)
        }
    }

    /// Adds the next tokens of a request that has blocks for them.
    private mutating func take(_ slot: Int, to end: Int, _ step: inout StepInProgress) {
        let start = table[slot].computed, reports = table[slot].wantsAllLogits
        table[slot].advance(to: end, pool: &pool)
        let samples = table[slot].remaining == 0
        if samples { sampling.append(slot) }
        step.append(
            ScheduledItem(
                request: table.id(slot), start: start, count: end - start, samples: samples,
                logitRows: reports ? end - start : nil, blocks: table[slot].blocks))
    }
}
