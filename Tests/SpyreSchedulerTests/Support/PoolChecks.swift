@testable import SpyreScheduler

extension InspectablePolicy {
    /// What is wrong with who holds which blocks; nil when nothing is.
    func poolFault(_ step: ScheduledStep) -> String? {
        let size = pool.blockTokens
        var holders = [Int32](repeating: 0, count: pool.capacity + 1)
        var firstHolder: [Int32: SequenceState] = [:]
        for state in states {
            for (index, block) in state.blocks.enumerated() {
                holders[Int(block)] += 1
                guard let first = firstHolder.updateValue(state, forKey: block) else { continue }
                let range = index * size..<(index + 1) * size
                guard index < state.remembered, index < first.remembered, first.blocks[index] == block else {
                    return "block \(block) is shared and not full"
                }
                guard first.tokens[0..<range.upperBound] == state.tokens[0..<range.upperBound] else {
                    return "block \(block) is shared by different tokens"
                }
            }
        }
        if holders != pool.references { return "references are not who holds the blocks" }
        let free = pool.free.blocks
        if free.count != pool.freeCount || Set(free).count != free.count { return "the free list is broken" }
        if free.contains(where: { holders[Int($0)] != 0 }) { return "a block is free and held" }
        if free.count + holders.count(where: { $0 > 0 }) != pool.capacity { return "a block is lost" }
        return writeFault(step)
    }

    /// Whether two items of a step write into the same block. A block that is written may be shared only with those that
    /// begin in the same step; that they find in it what they should is for the `KVOracle`.
    private func writeFault(_ step: ScheduledStep) -> String? {
        let size = pool.blockTokens
        var writers: [Int32: RequestID] = [:]
        for item in step.items {
            let written =
                item.slotBlocks.isEmpty
                ? Array(item.blocks[item.start / size...(item.start + item.count - 1) / size])
                : item.slotBlocks.filter { $0 != 0 }
            for block in written {
                if writers.updateValue(item.request, forKey: block) != nil { return "block \(block) is written twice" }
            }
        }
        for item in step.items {
            let read = item.slotBlocks.isEmpty ? item.blocks[..<(item.start / size)] : []
            for block in read where writers[block] != nil && writers[block] != item.request {
                guard item.start > 0, states.contains(where: { $0.id == item.request && $0.beginning == item.start })
                else { return "block \(block) is written under the eyes of \(item.request)" }
            }
        }
        return nil
    }
}
