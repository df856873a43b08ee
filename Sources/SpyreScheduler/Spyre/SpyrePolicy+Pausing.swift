extension SpyrePolicy {
    /// Parks requests until those that are left keep rows times tkv below the limit. Who has waited longest goes first,
    /// then who has generated least (or most, where long outputs are favoured).
    mutating func choosePaused() {
        guard !pausedSlots.isEmpty || !allFit else { return }
        let candidates = candidatesInOrder()
        var volume = DecodeVolume(blockTokens: pool.blockTokens)
        var kept: [Int] = [], parked: [Int] = []
        for slot in candidates {
            let computed = table[slot].state.computed
            if volume.with(computed) <= limits.batchTKVLimit {
                volume.add(computed)
                kept.append(slot)
                table[slot].stepsSinceDecode = 0
            } else {
                parked.append(slot)
                table[slot].stepsSinceDecode += 1
            }
        }
        let before = pausedSlots.count
        let (wereParked, areParked) = (Set(pausedSlots), Set(parked))
        let resumed = kept.filter { wereParked.contains($0) }
        runningSlots = runningSlots.filter { !areParked.contains($0) } + resumed
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
        let candidates = pausedSlots + runningSlots.filter { mayDecode($0) }
        return candidates.enumerated().sorted {
            let a = table[$0.element], b = table[$1.element]
            if a.stepsSinceDecode != b.stepsSinceDecode { return a.stepsSinceDecode > b.stepsSinceDecode }
            if a.state.generated != b.state.generated {
                return (a.state.generated < b.state.generated) != limits.favoursLongOutputs
            }
            return $0.offset < $1.offset
        }.map(\.element)
    }
}
