extension SpyrePolicy {
    /// Parks requests until those that are left keep rows times tkv below the limit. Who has waited longest goes first,
    /// then who has generated least (or most, where long outputs are favoured).
    mutating func choosePaused() {
        guard !pausedSlots.isEmpty || !allFit else { return }
        var volume = DecodeVolume(blockTokens: pool.blockTokens)
        var resumed: [Int] = [], parked: [Int] = []
        for slot in candidatesInOrder() {
            let computed = table[slot].state.computed
            if volume.with(computed) <= limits.batchTKVLimit {
                volume.add(computed)
                if table[slot].isParked { resumed.append(slot) }
                table[slot].isParked = false
                table[slot].stepsSinceDecode = 0
            } else {
                parked.append(slot)
                table[slot].isParked = true
                table[slot].stepsSinceDecode += 1
            }
        }
        let before = pausedSlots.count
        runningSlots.removeAll { table[$0].isParked }
        runningSlots += resumed
        pausedSlots = parked
        pauseEvents += max(0, parked.count - before)
        resumeEvents += max(0, before - parked.count)
    }

    /// Whether all that decode have room, as nearly always.
    private var allFit: Bool {
        var volume = DecodeVolume(blockTokens: pool.blockTokens)
        for slot in runningSlots where mayDecode(slot) { volume.add(table[slot].state.computed) }
        return volume.rows * volume.tkv <= limits.batchTKVLimit
    }

    private func candidatesInOrder() -> [Int] {
        var candidates: [Candidate] = []
        candidates.reserveCapacity(pausedSlots.count + runningSlots.count)
        func add(_ slot: Int) {
            let generated = table[slot].state.generated
            candidates.append(
                Candidate(
                    slot: slot, steps: table[slot].stepsSinceDecode,
                    order: limits.favoursLongOutputs ? -generated : generated, place: candidates.count))
        }
        for slot in pausedSlots { add(slot) }
        for slot in runningSlots where mayDecode(slot) { add(slot) }
        candidates.sort()
        return candidates.map(\.slot)
    }

    /// What decides between two requests. Comparing these instead of looking into the table spares the sort copies of
    /// the whole policy.
    private struct Candidate: Comparable {
        let slot: Int
        let steps: Int
        let order: Int
        let place: Int

        static func < (a: Candidate, b: Candidate) -> Bool {
            if a.steps != b.steps { return a.steps > b.steps }
            return (a.order, a.place) < (b.order, b.place)
        }
    }
}
