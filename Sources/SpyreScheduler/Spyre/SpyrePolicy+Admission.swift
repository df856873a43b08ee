extension SpyrePolicy {
    /// Starts the first waiting request that may start now. One that has to wait for blocks keeps all behind it
    /// waiting; one that has to wait for rows times cache length does not.
    mutating func admit() -> Int? {
        guard mayStart, let first = queue.first(in: table) else { return nil }
        if let slot = start(first.slot, at: 0) { return slot }
        // Only the look ahead at volume, of a scheduler that does not pause, differs from request to request.
        guard !limits.pauses else { return nil }
        for (place, ticket) in queue.places where place > 0 && table.holds(ticket) {
            guard let needed = blocksNeeded(ticket.slot) else { return nil }
            if mayPrefill(ticket.slot) { return begin(ticket.slot, at: place, needed) }
        }
        return nil
    }

    private mutating func start(_ slot: Int, at place: Int) -> Int? {
        guard let needed = blocksNeeded(slot), mayPrefill(slot) else { return nil }
        return begin(slot, at: place, needed)
    }

    /// What a request takes: blocks of the prefix cache, and how many others, in the worst case, of which some may lie
    /// in the prefix already. nil when they are not there.
    private mutating func blocksNeeded(_ slot: Int) -> (prefix: [Int32], reserved: Int)? {
        let prefix = table[slot].findPrefix(in: pool)
        let shared = prefix.count { pool.referenceCount(of: $0) > 0 }
        let needed = table[slot].worstCaseBlocks - shared
        guard needed <= pool.freeCount - reservedBlocks else { return nil }
        return (prefix, needed - (prefix.count - shared))
    }

    private mutating func begin(_ slot: Int, at place: Int, _ blocks: (prefix: [Int32], reserved: Int)) -> Int {
        queue.remove(at: place)
        table[slot].begin(with: blocks.prefix, reserving: blocks.reserved, pool: &pool)
        reservedBlocks += blocks.reserved
        return slot
    }

    private var decodingCount: Int { runningSlots.count - (prefilling == nil ? 0 : 1) }

    /// What has to hold for any prompt to go on, first chunk or not.
    private var mayPrefillAny: Bool {
        guard pausedSlots.isEmpty else { return false }
        return !(limits.interleaves && previousWasPrefill && decodingCount > 0)
    }

    /// What has to hold for any request to start.
    private var mayStart: Bool {
        if runningSlots.isEmpty { return true }
        return mayPrefillAny && prefilling == nil && runningSlots.count < limits.maximumSequences
    }

    /// Whether the next chunk of a request may run in this step.
    func mayPrefill(_ slot: Int) -> Bool {
        guard !runningSlots.isEmpty else { return true }
        let isFirst = prefilling != slot
        guard isFirst ? mayStart : mayPrefillAny else { return false }
        // With interleaving the last chunk is checked, which makes one decode more; without it the first.
        guard limits.interleaves ? table[slot].isLastChunk : isFirst else { return true }
        return decodingCount < limits.maximumSequences && (limits.pauses || volumeFits(table[slot]))
    }

    /// The forward look at volume of a scheduler that does not pause: whether rows times tkv stays below the limit until
    /// every request that decodes now has ended, if `new` starts.
    private func volumeFits(_ new: SpyreSequence) -> Bool {
        let block = pool.blockTokens, prompt = new.state.promptLength
        func padded(_ tokens: Int) -> Int { (tokens + block - 1) / block * block + block }
        // That of the rows as they are. That of the last step would be a prompt's where one was prefilled, and too low.
        var volume = DecodeVolume(blockTokens: block)
        for slot in runningSlots where slot != prefilling { volume.add(table[slot].state.computed - 1) }
        let tkv = max(volume.tkv, prompt)
        let newEnd = padded(tkv / block * block + prompt % block + new.state.maximumNewTokens - 1)
        let ends = runningSlots.filter { $0 != prefilling }.map {
            padded(tkv + table[$0].state.maximumNewTokens - table[$0].state.generated - 1)
        }.sorted()
        var rows = ends.count + 1
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
