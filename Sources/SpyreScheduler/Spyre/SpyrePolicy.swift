import DequeModule

/// Scheduling as on the card (RFC 9652, part 4, as the vLLM plugin became): a step is one chunk of one prompt, or one
/// token of every request that decodes. A request's worst case of blocks is set aside when it starts, so that nothing
/// is ever sent back; rows times cache length stays below the card's limit.
public struct SpyrePolicy: SchedulingPolicy {
    public let limits: SpyreLimits
    public private(set) var pool: BlockPool
    var sequences: [RequestID: SpyreSequence] = [:]
    private var queue: Deque<RequestID> = []
    /// Prefilling and decoding requests, in the order of their outputs.
    public private(set) var running: [RequestID] = []
    public private(set) var paused: [RequestID] = []
    /// The request whose prompt is under way.
    private(set) var prefilling: RequestID?
    private var previousWasPrefill = false
    private var scheduled = ScheduledStep()
    /// Blocks set aside for requests that have started.
    public private(set) var reservedBlocks = 0

    /// - Parameter pool: empty, with blocks of which `limits.chunkTokens` is a multiple.
    public init(limits: SpyreLimits, pool: BlockPool) {
        self.limits = limits
        self.pool = pool
    }

    public var waiting: [RequestID] { queue.filter { sequences[$0] != nil } }
    public var isIdle: Bool { sequences.isEmpty }

    // MARK: Requests

    public mutating func add(_ request: SchedulerRequest) throws(RequestRefusal) {
        guard sequences[request.id] == nil else { throw .knownAlready(request.id) }
        let prompt = request.prompt.count
        guard prompt > 0 else { throw .emptyPrompt }
        guard request.maximumNewTokens > 0 else { throw .noNewTokens(request.maximumNewTokens) }
        guard prompt + request.maximumNewTokens <= limits.maximumModelLength else {
            throw .tooLong(prompt: prompt, newTokens: request.maximumNewTokens, limit: limits.maximumModelLength)
        }
        let needed = pool.blocks(forTokens: prompt + request.maximumNewTokens)
        guard needed <= pool.capacity else { throw .needsMoreBlocks(needed: needed, capacity: pool.capacity) }
        sequences[request.id] = SpyreSequence(request, chunkTokens: limits.chunkTokens, blockTokens: pool.blockTokens)
        queue.append(request.id)
    }

    public mutating func cancel(_ id: RequestID) throws(BlockPoolError) -> Bool {
        guard sequences[id] != nil else { return false }
        try end(id)
        return true
    }

    /// Forgets a request. One that waits leaves its place in the queue behind, which is then passed over.
    private mutating func end(_ id: RequestID) throws(BlockPoolError) {
        guard var sequence = sequences.removeValue(forKey: id) else { return }
        reservedBlocks -= sequence.reservedBlocks
        try sequence.state.release(to: &pool)
        running.removeAll { $0 == id }
        paused.removeAll { $0 == id }
        if prefilling == id { prefilling = nil }
    }

    // MARK: Steps

    public mutating func schedule() throws(BlockPoolError) -> ScheduledStep {
        let next = prefilling ?? admit()
        if let next, prefilling == nil || mayPrefill(next) {
            scheduled = prefill(next)
            previousWasPrefill = true
        } else {
            scheduled = decode()
            previousWasPrefill = false
        }
        return scheduled
    }

    public mutating func complete(_ tokens: [SampledToken]) throws(BlockPoolError) -> [RequestID] {
        var ended: [RequestID] = []
        for token in tokens {
            // In place: a copy of a sequence is a copy of its tokens.
            sequences[token.request]?.state.append(token.token)
            guard let isComplete = sequences[token.request]?.isComplete, token.ends || isComplete else { continue }
            try end(token.request)
            ended.append(token.request)
        }
        return ended
    }

    // MARK: Prefill

    /// Requests that decode: their prompts are done, and they are not parked.
    private var decoding: [RequestID] { running.filter { $0 != prefilling } }

    /// The first waiting request that may start now. One that has to wait for blocks keeps all behind it waiting; one
    /// that has to wait for something else does not.
    private mutating func admit() -> RequestID? {
        while let first = queue.first, sequences[first] == nil { queue.removeFirst() }
        for (place, id) in queue.enumerated() {
            guard let worst = sequences[id]?.worstCaseBlocks, let prefix = sequences[id]?.findPrefix(in: pool)
            else { continue }
            let shared = prefix.count { pool.referenceCount(of: $0) > 0 }
            let needed = worst - shared
            guard needed <= pool.freeCount - reservedBlocks else { return nil }
            if mayPrefill(id) {
                queue.remove(at: place)
                let revived = prefix.count - shared
                sequences[id]?.begin(with: prefix, reserving: needed - revived, pool: &pool)
                reservedBlocks += needed - revived
                return id
            }
            // Without a look ahead at volume, what holds one request back holds back all.
            guard !limits.pauses else { return nil }
        }
        return nil
    }

    /// Whether the next chunk of a request may run in this step.
    private func mayPrefill(_ id: RequestID) -> Bool {
        guard let sequence = sequences[id] else { return false }
        guard !running.isEmpty else { return true }
        guard paused.isEmpty else { return false }
        let decoding = running.count - (prefilling == nil ? 0 : 1)
        if limits.interleaves && previousWasPrefill && decoding > 0 { return false }
        let isFirst = prefilling != id
        if isFirst && prefilling != nil { return false }
        if isFirst && running.count >= limits.maximumSequences { return false }
        let isChecked = limits.interleaves ? sequence.isLastChunk : isFirst
        guard isChecked else { return true }
        return decoding < limits.maximumSequences && (limits.pauses || volumeFits(sequence))
    }

    /// The next chunk of one prompt. The request moves to the front.
    private mutating func prefill(_ id: RequestID) -> ScheduledStep {
        guard let item = sequences[id]?.takeChunk(pool: &pool, reservedBlocks: &reservedBlocks),
            let length = sequences[id]?.state.promptLength
        else { return ScheduledStep() }
        running.removeAll { $0 == id }
        running.insert(id, at: 0)
        prefilling = item.samples ? nil : id
        return ScheduledStep(items: [item], tkv: length)
    }

    // MARK: Decode

    /// One token of every request whose prompt is done and which the batch limit has room for.
    private mutating func decode() -> ScheduledStep {
        if limits.pauses { choosePaused() }
        // A request between two chunks of its prompt goes behind the others.
        let decoding = self.decoding
        running = decoding + (prefilling.map { [$0] } ?? [])
        let width = decoding.map { sequences[$0]?.decodeBlocks ?? 0 }.max() ?? 0
        var step = ScheduledStep()
        for id in decoding {
            guard let item = sequences[id]?.takeToken(width: width, pool: &pool, reservedBlocks: &reservedBlocks)
            else { continue }
            step.tkv = max(step.tkv, item.leftPadding * pool.blockTokens + item.start + 1)
            step.items.append(item)
        }
        return step
    }

    /// Parks requests until those that are left keep rows times tkv below the limit. Who has waited longest goes first,
    /// then who has generated least (or most, where long outputs are favoured).
    private mutating func choosePaused() {
        let candidates = (paused + decoding).enumerated().compactMap { place, id in
            sequences[id].map { (place: place, id: id, sequence: $0) }
        }.sorted {
            let a = $0.sequence, b = $1.sequence
            if a.stepsSinceDecode != b.stepsSinceDecode { return a.stepsSinceDecode > b.stepsSinceDecode }
            if a.state.generated != b.state.generated {
                return (a.state.generated < b.state.generated) != limits.favoursLongOutputs
            }
            return $0.place < $1.place
        }
        var volume = DecodeVolume(blockTokens: pool.blockTokens)
        var kept: Set<RequestID> = []
        for candidate in candidates {
            let computed = candidate.sequence.state.computed
            guard volume.with(computed) <= limits.batchTKVLimit else { continue }
            volume.add(computed)
            kept.insert(candidate.id)
        }
        for candidate in candidates {
            sequences[candidate.id]?.stepsSinceDecode =
                kept.contains(candidate.id) ? 0 : candidate.sequence.stepsSinceDecode + 1
        }
        let resumed = candidates.map(\.id).filter { kept.contains($0) && paused.contains($0) }
        paused = candidates.map(\.id).filter { !kept.contains($0) }
        running = running.filter { $0 == prefilling || kept.contains($0) } + resumed
    }

    /// The forward look at volume of a scheduler that does not pause: whether rows times tkv stays below the limit until
    /// every request that runs now has ended, if `new` starts.
    private func volumeFits(_ new: SpyreSequence) -> Bool {
        let block = pool.blockTokens
        func padded(_ tokens: Int) -> Int { (tokens + block - 1) / block * block + block }
        let prompt = new.state.promptLength
        let decoding = self.decoding.compactMap { sequences[$0] }
        var volume = DecodeVolume(blockTokens: block)
        for sequence in decoding { volume.add(sequence.state.computed - 1) }
        let tkv = decoding.isEmpty ? 0 : volume.tkv
        let start = max(tkv, prompt) / block * block + prompt % block
        let newEnd = padded(start + new.state.request.maximumNewTokens - 1)
        let ends = decoding.map {
            padded(max(tkv, prompt) + $0.state.request.maximumNewTokens - $0.state.generated - 1)
        }.sorted()
        var rows = decoding.count + 1
        var worst = 0
        for end in ends {
            if newEnd <= end {
                worst = max(worst, rows * newEnd)
                break
            }
            worst = max(worst, rows * end)
            rows -= 1
        }
        return worst <= limits.batchTKVLimit
    }
}
