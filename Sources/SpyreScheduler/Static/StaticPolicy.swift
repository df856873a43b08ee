import DequeModule

/// Static batching (RFC 9652, part 2): a batch is formed to fit a warmed shape, runs padded to it until its last row has
/// ended, and nothing is prefilled meanwhile.
public struct StaticPolicy: SchedulingPolicy {
    /// In the order in which they are tried: the smallest batch first, then the shortest prompt.
    public let shapes: [WarmupShape]
    public private(set) var pool: BlockPool
    private(set) var sequences: [RequestID: SequenceState] = [:]
    private var queue: Deque<RequestID> = []
    /// The rows of the batch that runs, in the order in which they came. Rows that have ended stay until all have.
    public private(set) var batch: [RequestID] = []
    /// The shape of the batch that runs.
    public private(set) var shape: WarmupShape?

    public init(shapes: [WarmupShape], pool: BlockPool) {
        self.shapes = shapes.sorted { ($0.batchSize, $0.promptLength) < ($1.batchSize, $1.promptLength) }
        self.pool = pool
    }

    public var waiting: [RequestID] { queue.filter { sequences[$0] != nil } }
    public var running: [RequestID] { batch.filter { sequences[$0] != nil } }
    public var paused: [RequestID] { [] }
    public var isIdle: Bool { sequences.isEmpty }

    /// The most new tokens that a prompt can have; nil when it fits no shape. What a request without a limit gets.
    public func maximumNewTokens(forPrompt length: Int) -> Int? {
        shapes.filter { length <= $0.promptLength }.map(\.newTokens).max()
    }

    // MARK: Requests

    public mutating func add(_ request: SchedulerRequest) throws(RequestRefusal) {
        guard sequences[request.id] == nil else { throw .knownAlready(request.id) }
        guard !request.prompt.isEmpty else { throw .emptyPrompt }
        guard request.maximumNewTokens > 0 else { throw .noNewTokens(request.maximumNewTokens) }
        guard shapes.contains(where: { $0.holds(request) }) else {
            throw .fitsNoShape(prompt: request.prompt.count, newTokens: request.maximumNewTokens, shapes: shapes)
        }
        sequences[request.id] = SequenceState(request)
        queue.append(request.id)
    }

    public mutating func cancel(_ id: RequestID) throws(BlockPoolError) -> Bool {
        guard var sequence = sequences.removeValue(forKey: id) else { return false }
        try sequence.release(to: &pool)
        leaveIfDone()
        return true
    }

    // MARK: Steps

    public mutating func schedule() throws(BlockPoolError) -> ScheduledStep {
        if batch.isEmpty { formBatch() }
        var step = ScheduledStep()
        for id in batch {
            guard let known = sequences[id]?.tokens.count, let start = sequences[id]?.computed else { continue }
            guard sequences[id]?.grow(to: known, pool: &pool) == true else { continue }
            sequences[id]?.computed = known
            step.items.append(
                ScheduledItem(
                    request: id, start: start, count: known - start, samples: true,
                    blocks: sequences[id]?.blocks ?? []))
        }
        return step
    }

    public mutating func complete(_ tokens: [SampledToken]) throws(BlockPoolError) -> [RequestID] {
        var ended: [RequestID] = []
        for token in tokens {
            sequences[token.request]?.append(token.token)
            guard let sequence = sequences[token.request] else { continue }
            guard token.ends || sequence.generated >= sequence.request.maximumNewTokens else { continue }
            ended.append(token.request)
        }
        for id in ended {
            guard var sequence = sequences.removeValue(forKey: id) else { continue }
            try sequence.release(to: &pool)
        }
        leaveIfDone()
        return ended
    }

    private mutating func leaveIfDone() {
        guard !batch.contains(where: { sequences[$0] != nil }) else { return }
        batch = []
        shape = nil
    }

    /// Takes waiting requests in order as long as one shape can hold them all. One that no shape of those left can hold
    /// is passed over while the largest of them has room.
    private mutating func formBatch() {
        var left = shapes
        var chosen: [RequestID] = []
        var passedOver: [RequestID] = []
        while let id = queue.first {
            guard let request = sequences[id]?.request else {
                queue.removeFirst()
                continue
            }
            let fitting = left.filter { $0.holds(request) && chosen.count < $0.batchSize }
            if !fitting.isEmpty {
                left = fitting
                chosen.append(id)
            } else if chosen.count < left.map(\.batchSize).max() ?? 0 {
                passedOver.append(id)
            } else {
                break
            }
            queue.removeFirst()
        }
        queue.prepend(contentsOf: passedOver)
        batch = chosen
        let requests = chosen.compactMap { sequences[$0]?.request }
        shape = shapes.first { shape in
            requests.count <= shape.batchSize && requests.allSatisfy { shape.holds($0) }
        }
    }
}

extension WarmupShape {
    /// Whether a row of this shape can run a request to its end.
    func holds(_ request: SchedulerRequest) -> Bool {
        request.prompt.count <= promptLength && request.maximumNewTokens <= newTokens
    }
}
