/// Static batching (RFC 9652, part 2): a batch is formed to fit a warmed shape, runs padded to it until its last row has
/// ended, and nothing is prefilled meanwhile.
public struct StaticPolicy: SchedulingPolicy, TablePolicy {
    /// In the order in which they are tried: the smallest batch first, then the shortest prompt.
    public let shapes: [WarmupShape]
    public private(set) var pool: BlockPool
    var table = RequestTable(vacant: SequenceState.vacant)
    private var queue: ShapeQueue
    /// The rows of the batch that runs, in the order in which they came. Those that have ended stay until all have.
    private var batch: [Ticket] = []
    /// Slots of the items of the last step, in order.
    private(set) var sampling: [Int] = []
    /// The shape of the batch that runs.
    public private(set) var shape: WarmupShape?
    /// Tokens of the batch's rows in the cache, padding included.
    private var length = 0

    /// A policy with a cache just large enough for the largest shape: a batch has all its blocks when it starts.
    public init(shapes: [WarmupShape]) throws(ConfigurationError) {
        try Self.check(shapes)
        let needed = Self.blocksNeeded(shapes, blockTokens: 64)
        try self.init(shapes: shapes, pool: BlockPool(blockCount: needed + 1, cachesPrefixes: false))
    }

    /// - Parameter pool: one that nobody has taken blocks of, large enough for each of the shapes.
    public init(shapes: [WarmupShape], pool: BlockPool) throws(ConfigurationError) {
        try Self.check(shapes)
        let needed = Self.blocksNeeded(shapes, blockTokens: pool.blockTokens)
        guard needed <= pool.capacity else { throw .tooFewBlocks(needed: needed, capacity: pool.capacity) }
        self.shapes = shapes.sorted {
            ($0.batchSize, $0.promptLength, $0.newTokens) < ($1.batchSize, $1.promptLength, $1.newTokens)
        }
        self.pool = pool
        queue = ShapeQueue(shapes: self.shapes)
    }

    public var waiting: [RequestID] { queue.all(in: table).map { table.id($0.slot) } }
    public var running: [RequestID] { batch.filter { table.holds($0) }.map { table.id($0.slot) } }
    public var paused: [RequestID] { [] }
    public var waitingCount: Int { table.count - runningCount }
    public private(set) var runningCount = 0
    public var pausedCount: Int { 0 }
    public var reservedBlocks: Int { 0 }
    public var isIdle: Bool { table.isEmpty }
    public func blocks(of id: RequestID) -> [Int32] { table.slot(of: id).map { table[$0].blocks } ?? [] }

    /// The most new tokens that a prompt can have; nil when it fits no shape. What a request without a limit gets.
    public func maximumNewTokens(forPrompt length: Int) -> Int? {
        shapes.maximumNewTokens(forPrompt: length)
    }

    // MARK: Requests

    public mutating func add(_ request: SchedulerRequest) throws(RequestRefusal) {
        guard table.slot(of: request.id) == nil else { throw .knownAlready(request.id) }
        guard !request.reportsPrompt else { throw .reportsPrompt }
        guard request.siblings.isEmpty else { throw .hasSiblings }
        let prompt = request.prompt.count, new = request.maximumNewTokens
        try RequestRefusal.check(request, maximumLength: .max)
        guard shapes.contains(where: { $0.holds(prompt: prompt, newTokens: new) }) else {
            throw .fitsNoShape(prompt: prompt, newTokens: new, shapes: shapes)
        }
        queue.append(table.insert(SequenceState(request), for: request.id), prompt: prompt, newTokens: new)
    }

    @discardableResult
    public mutating func cancel(_ id: RequestID) throws(BlockPoolError) -> Bool {
        guard let slot = table.slot(of: id) else { return false }
        let isRunning = batch.contains(table.ticket(slot)), prompt = table[slot].promptLength,
            new = table[slot].maximumNewTokens
        if isRunning {
            try end(slot)
            forgetEnded()
        } else {
            table.remove(id)
            queue.noteCancelled(prompt: prompt, newTokens: new, in: table)
        }
        return true
    }

    /// Ends a row of the batch.
    mutating func end(_ slot: Int) throws(BlockPoolError) {
        runningCount -= 1
        try table[slot].release(to: &pool)
        table.remove(table.id(slot))
    }

    /// Forgets the batch once all its rows have ended.
    mutating func forgetEnded() {
        guard runningCount == 0 else { return }
        batch = []
        shape = nil
    }

    // MARK: Steps

    public mutating func schedule() throws(BlockPoolError) -> ScheduledStep {
        if batch.isEmpty { formBatch() }
        // All rows go on together, once all their tokens are there.
        guard let shape, !batch.isEmpty, batch.allSatisfy({ !table.holds($0) || table[$0.slot].remaining > 0 }) else {
            return ScheduledStep()
        }
        length = length == 0 ? shape.promptLength : length + 1
        var step = ScheduledStep(tkv: length)
        step.items.reserveCapacity(runningCount)
        sampling.removeAll(keepingCapacity: true)
        var rows = [StaticBatch.Row](repeating: .dummy, count: shape.batchSize)
        for (row, ticket) in batch.enumerated() {
            guard table.holds(ticket) else {
                rows[row] = .ended
                continue
            }
            rows[row] = .item(step.items.count)
            step.items.append(take(ticket.slot, shape))
            sampling.append(ticket.slot)
        }
        step.staticBatch = StaticBatch(shape: shape, rows: rows)
        return step
    }

    /// The whole prompt of a row, or its next token.
    private mutating func take(_ slot: Int, _ shape: WarmupShape) -> ScheduledItem {
        let start = table[slot].computed, known = table[slot].tokens.count
        let fits = table[slot].grow(to: known, pool: &pool)
        assert(fits, "the pool was checked for the largest shape")
        table[slot].advance(to: known, pool: &pool)
        return ScheduledItem(
            request: table.id(slot), start: start, count: known - start, samples: true, blocks: table[slot].blocks,
            leftPadding: shape.promptLength - table[slot].promptLength)
    }

    @discardableResult
    public mutating func complete(_ tokens: [SampledToken]) throws(BlockPoolError) -> [RequestID] {
        try accept(tokens)
    }

    /// Takes waiting requests as long as one shape can hold them all, then the first shape that does.
    private mutating func formBatch() {
        batch = queue.takeBatch(in: table)
        runningCount = batch.count
        length = 0
        shape = shapes.first { shape in
            batch.count <= shape.batchSize
                && batch.allSatisfy {
                    shape.holds(prompt: table[$0.slot].promptLength, newTokens: table[$0.slot].maximumNewTokens)
                }
        }
    }

    // MARK: Checks

    /// Refuses shapes that no batch could have.
    public static func check(_ shapes: [WarmupShape]) throws(ConfigurationError) {
        guard !shapes.isEmpty else { throw .noShapes }
        for shape in shapes {
            let counts = 1...(1 << 20)
            try ConfigurationError.check("the prompt length of warmup shape \(shape)", shape.promptLength, counts)
            try ConfigurationError.check("the new tokens of warmup shape \(shape)", shape.newTokens, counts)
            try ConfigurationError.check("the batch size of warmup shape \(shape)", shape.batchSize, 1...4096)
            guard shape.promptLength % 64 == 0 else { throw .shapeNotAligned(shape) }
        }
    }

    private static func blocksNeeded(_ shapes: [WarmupShape], blockTokens: Int) -> Int {
        shapes.map {
            $0.batchSize * (($0.promptLength + $0.newTokens - 1 + blockTokens - 1) / blockTokens)
        }.max() ?? 0
    }
}
