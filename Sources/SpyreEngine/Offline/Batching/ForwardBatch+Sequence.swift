import SpyreExecutor

extension ForwardBatch {
    /// Empties the batch and keeps its memory.
    mutating func removeAll() {
        tokenIDs.removeAll(keepingCapacity: true)
        positions.removeAll(keepingCapacity: true)
        slots.removeAll(keepingCapacity: true)
        queryStarts.removeAll(keepingCapacity: true)
        queryStarts.append(0)
        contextLengths.removeAll(keepingCapacity: true)
        blockTables.removeAll(keepingCapacity: true)
        logitRows.removeAll(keepingCapacity: true)
    }

    /// Adds `count` tokens of a sequence from index `start` on; the logits of the last `logitRows` of them are wanted.
    /// The sequence has blocks for them.
    mutating func append(_ sequence: KVSequence, start: Int, count: Int, logitRows wanted: Int) {
        for position in start..<start + count {
            let block = sequence.blocks[position / ExecutorLimits.blockTokens]
            let offset = Int32(truncatingIfNeeded: position % ExecutorLimits.blockTokens)
            tokenIDs.append(sequence.tokens[position])
            positions.append(Int32(truncatingIfNeeded: position))
            slots.append(block * Int32(ExecutorLimits.blockTokens) + offset)
        }
        let rows = Int32(truncatingIfNeeded: rowCount)
        queryStarts.append(rows)
        contextLengths.append(Int32(truncatingIfNeeded: start + count))
        blockTables.append(sequence.blocks)
        logitRows.append(contentsOf: rows - Int32(truncatingIfNeeded: wanted)..<rows)
    }
}
