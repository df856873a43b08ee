@testable import SpyreScheduler

extension InspectablePolicy {
    /// What is wrong with who holds which blocks; nil when nothing is.
    ///
    /// - Parameter families: which requests came together, by the first of them. They alone may share blocks that the
    ///   prefix cache does not know, or that are not full.
    func poolFault(_ step: ScheduledStep, _ families: [RequestID: RequestID] = [:]) -> String? {
        let size = pool.blockTokens
        var holders = [Int32](repeating: 0, count: pool.capacity + 1)
        var firstHolder: [Int32: SequenceState] = [:]
        for state in states {
            for (index, block) in state.blocks.enumerated() {
                holders[Int(block)] += 1
                guard let first = firstHolder.updateValue(state, forKey: block) else { continue }
                guard index < first.blocks.count, first.blocks[index] == block else {
                    return "block \(block) is shared at different places"
                }
                let end = min((index + 1) * size, state.computed)
                let isRemembered = index < state.remembered && index < first.remembered
                let areSiblings = families[state.id] != nil && families[state.id] == families[first.id]
                guard isRemembered || areSiblings else { return "block \(block) is shared and not full" }
                guard end == min((index + 1) * size, first.computed) else {
                    return "block \(block) is shared and was written by one of its holders"
                }
                guard first.tokens[0..<end] == state.tokens[0..<end] else {
                    return "block \(block) is shared by different tokens"
                }
            }
        }
        if holders != pool.references { return "references are not who holds the blocks" }
        let free = pool.free.blocks
        if free.count != pool.freeCount || Set(free).count != free.count { return "the free list is broken" }
        if free.contains(where: { holders[Int($0)] != 0 }) { return "a block is free and held" }
        if free.count + holders.count(where: { $0 > 0 }) != pool.capacity { return "a block is lost" }
        return writeFault(step) ?? copyFault(step)
    }

    /// A copy goes to the block that its request writes to next, in the middle. Who may hold that block beside it is
    /// looked at like that of any block.
    private func copyFault(_ step: ScheduledStep) -> String? {
        let size = pool.blockTokens
        if Set(step.copies.map(\.target)).count != step.copies.count { return "two copies into one block" }
        for copy in step.copies {
            guard copy.source != copy.target, copy.source != 0,
                let item = step.items.first(where: { $0.blocks[$0.start / size] == copy.target }),
                item.start % size != 0
            else { return "block \(copy.target) is copied to and not written next" }
        }
        return nil
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
