import SpyreExecutor
import SpyreScheduler

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
        blockCopies.removeAll(keepingCapacity: true)
    }

    /// Adds the rows of a scheduled item. Rows lie side by side whatever the policy: padding is the shape's, not the
    /// batch's, and what is not to be written gets slot -1.
    ///
    /// - Parameter tokens: all tokens of the sequence that are known.
    mutating func append(_ item: ScheduledItem, tokens: [Int32]) {
        let end = item.start + item.count, size = ExecutorLimits.blockTokens
        for position in item.start..<end {
            tokenIDs.append(tokens[position])
            positions.append(Int32(truncatingIfNeeded: position))
            let slot = item.blocks[position / size] * Int32(size) + Int32(truncatingIfNeeded: position % size)
            slots.append(item.writes(position, blockTokens: size) ? slot : -1)
        }
        let rows = Int32(truncatingIfNeeded: rowCount)
        queryStarts.append(rows)
        contextLengths.append(Int32(truncatingIfNeeded: end))
        blockTables.append(item.blocks)
        logitRows.append(contentsOf: rows - Int32(truncatingIfNeeded: item.logitRows)..<rows)
    }
}
