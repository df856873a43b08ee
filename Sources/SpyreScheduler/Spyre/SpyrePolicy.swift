/// Scheduling as on the card (RFC 9652, part 4, as the vLLM plugin became): a step is one chunk of one prompt, or one
/// token of every request that decodes. A request's worst case of blocks is set aside when it starts, so that nothing
/// is ever sent back; rows times cache length stays below the card's limit.
public struct SpyrePolicy: SchedulingPolicy, TablePolicy {
    public let limits: SpyreLimits
    public internal(set) var pool: BlockPool
    var table = RequestTable(vacant: SpyreSequence.vacant)
    var queue = WaitingLine()
    /// Prefilling and decoding requests, in the order of their outputs.
    var runningSlots: [Int] = []
    var pausedSlots: [Int] = []
    /// Slots of the items of the last step that sample, in order.
    private(set) var sampling: [Int] = []
    /// The request whose prompt is under way.
    var prefilling: Int?
    private(set) var previousWasPrefill = false
    public internal(set) var reservedBlocks = 0
    /// By how many requests the parked ones became more, and fewer, added up over all steps.
    public internal(set) var pauseEvents = 0
    public internal(set) var resumeEvents = 0

    /// - Parameter pool: one that nobody has taken blocks of.
    public init(limits: SpyreLimits, pool: BlockPool) throws(ConfigurationError) {
        try limits.check(blockTokens: pool.blockTokens)
        self.limits = limits
        self.pool = pool
    }

    public var waiting: [RequestID] { queue.all(in: table).map { table.id($0.slot) } }
    public var running: [RequestID] { runningSlots.map { table.id($0) } }
    public var paused: [RequestID] { pausedSlots.map { table.id($0) } }
    public var waitingCount: Int { table.count - runningSlots.count - pausedSlots.count }
    public var runningCount: Int { runningSlots.count }
    public var pausedCount: Int { pausedSlots.count }
    public var isIdle: Bool { table.isEmpty }
    public func blocks(of id: RequestID) -> [Int32] { table.slot(of: id).map { table[$0].state.blocks } ?? [] }

    // MARK: Requests

    public mutating func add(_ request: SchedulerRequest) throws(RequestRefusal) {
        guard table.slot(of: request.id) == nil else { throw .knownAlready(request.id) }
        guard !request.reportsPrompt else { throw .reportsPrompt }
        guard request.siblings.isEmpty else { throw .hasSiblings }
        try RequestRefusal.check(request, maximumLength: limits.maximumModelLength)
        let tokens = request.prompt.count + request.maximumNewTokens
        let needed = pool.blocks(forTokens: tokens)
        guard needed <= pool.capacity else { throw .needsMoreBlocks(needed: needed, capacity: pool.capacity) }
        // The last token is never run. Only decodes are limited.
        guard request.maximumNewTokens == 1 || tokens - 1 <= limits.batchTKVLimit else {
            throw .exceedsBatchLimit(tokens: tokens - 1, limit: limits.batchTKVLimit)
        }
        let sequence = SpyreSequence(request, chunkTokens: limits.chunkTokens, blockTokens: pool.blockTokens)
        queue.append(table.insert(sequence, for: request.id))
    }

    @discardableResult
    public mutating func cancel(_ id: RequestID) throws(BlockPoolError) -> Bool {
        guard let slot = table.slot(of: id) else { return false }
        try end(slot)
        forgetEnded()
        return true
    }

    /// Gives a request's blocks back, those too that were only set aside.
    mutating func end(_ slot: Int) throws(BlockPoolError) {
        reservedBlocks -= table[slot].reservedBlocks
        try table[slot].state.release(to: &pool)
        let hadStarted = table[slot].hasStarted
        table.remove(table.id(slot))
        if !hadStarted { queue.noteCancelled(in: table) }
        if prefilling == slot { prefilling = nil }
    }

    mutating func forgetEnded() {
        runningSlots.removeAll { table.isVacant($0) }
        pausedSlots.removeAll { table.isVacant($0) }
    }

    // MARK: Steps

    public mutating func schedule() throws(BlockPoolError) -> ScheduledStep {
        sampling.removeAll(keepingCapacity: true)
        let step: ScheduledStep
        if let slot = prefilling.map({ mayPrefill($0) ? $0 : nil }) ?? admit() {
            step = prefill(slot)
            previousWasPrefill = true
        } else {
            step = decode()
            previousWasPrefill = false
        }
        return step
    }

    @discardableResult
    public mutating func complete(_ tokens: [SampledToken]) throws(BlockPoolError) -> [RequestID] {
        try accept(tokens)
    }

    /// The next chunk of one prompt. The request moves to the front.
    private mutating func prefill(_ slot: Int) -> ScheduledStep {
        let item = table[slot].takeChunk(pool: &pool, reservedBlocks: &reservedBlocks)
        if runningSlots.first != slot {
            runningSlots.removeAll { $0 == slot }
            runningSlots.insert(slot, at: 0)
        }
        prefilling = item.samples ? nil : slot
        if item.samples { sampling.append(slot) }
        return ScheduledStep(items: [item], tkv: table[slot].state.promptLength)
    }

    /// One token of every request whose prompt is done and which the batch limit has room for.
    private mutating func decode() -> ScheduledStep {
        if limits.pauses { choosePaused() }
        // A request between two chunks of its prompt goes behind the others.
        if let prefilling {
            runningSlots.removeAll { $0 == prefilling }
            runningSlots.append(prefilling)
        }
        var width = 0
        for slot in runningSlots where mayDecode(slot) { width = max(width, table[slot].decodeBlocks) }
        var step = ScheduledStep()
        step.items.reserveCapacity(runningSlots.count)
        for slot in runningSlots where mayDecode(slot) {
            let item = table[slot].takeToken(width: width, pool: &pool, reservedBlocks: &reservedBlocks)
            step.tkv = max(step.tkv, item.leftPadding + item.start + 1)
            step.items.append(item)
            sampling.append(slot)
        }
        return step
    }

    /// Whether a running request has a token to run: its prompt is done, and what it sampled last has been told.
    func mayDecode(_ slot: Int) -> Bool { slot != prefilling && table[slot].state.remaining > 0 }
}
