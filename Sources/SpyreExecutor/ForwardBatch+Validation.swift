extension ForwardBatch {
    /// Checks the batch against its own structure and an executor's limits.
    func validate(_ limits: ExecutorLimits) throws(ExecutorError) {
        guard rowCount > 0, rowCount <= limits.maximumRows else {
            throw .invalidBatch("\(rowCount) rows, allowed are 1 to \(limits.maximumRows)")
        }
        guard sequenceCount > 0, sequenceCount <= limits.maximumSequences else {
            throw .invalidBatch("\(sequenceCount) sequences, allowed are 1 to \(limits.maximumSequences)")
        }
        guard logitRows.count <= limits.maximumLogitRows else {
            throw .invalidBatch("\(logitRows.count) logit rows, allowed are \(limits.maximumLogitRows)")
        }
        guard positions.count == rowCount, slots.count == rowCount, blockTables.count == sequenceCount,
            queryStarts.count == sequenceCount + 1, queryStarts.first == 0, queryStarts.last == Int32(rowCount)
        else { throw .invalidBatch("its arrays have different lengths") }
        try validateRows(limits)
        try validateSequences(limits)
        let blocks = 1..<Int32(clamping: limits.blockCount)
        for copy in blockCopies
        where copy.source == copy.target || !blocks.contains(copy.source) || !blocks.contains(copy.target) {
            throw .invalidBatch("block \(copy.source) of \(limits.blockCount) is copied to \(copy.target)")
        }
    }

    private func validateRows(_ limits: ExecutorLimits) throws(ExecutorError) {
        let vocabulary = Int32(clamping: limits.vocabularySize)
        if let token = tokenIDs.first(where: { $0 < 0 || $0 >= vocabulary }) {
            throw .invalidBatch("token id \(token) is not in 0..<\(vocabulary)")
        }
        let length = Int32(clamping: limits.maximumModelLength)
        if let position = positions.first(where: { $0 < 0 || $0 >= length }) {
            throw .invalidBatch("position \(position) is not in 0..<\(length)")
        }
        let slotCount = Int32(clamping: limits.blockCount * ExecutorLimits.blockTokens)
        if let slot = slots.first(where: { $0 >= slotCount }) {
            throw .invalidBatch("slot \(slot) is not below \(slotCount)")
        }
        if let row = logitRows.first(where: { $0 < 0 || $0 >= Int32(rowCount) }) {
            throw .invalidBatch("logit row \(row) is not in 0..<\(rowCount)")
        }
    }

    /// Each row has the next position, and writes to the slot that the block table gives it, or nowhere.
    private func validateTokens(of sequence: Int, first: Int) throws(ExecutorError) {
        let table = blockTables[sequence]
        for (offset, row) in (Int(queryStarts[sequence])..<Int(queryStarts[sequence + 1])).enumerated() {
            let position = first + offset
            guard Int(positions[row]) == position else {
                throw .invalidBatch("row \(row) has position \(positions[row]), expected \(position)")
            }
            let (block, inBlock) = position.quotientAndRemainder(dividingBy: ExecutorLimits.blockTokens)
            guard slots[row] >= 0 else { continue }
            guard block < table.count,
                Int(slots[row]) == Int(table[block]) * ExecutorLimits.blockTokens + inBlock
            else { throw .invalidBatch("row \(row) writes to slot \(slots[row]), which is not position \(position)'s") }
        }
    }

    private func validateSequences(_ limits: ExecutorLimits) throws(ExecutorError) {
        let blockCount = Int32(clamping: limits.blockCount)
        for sequence in 0..<sequenceCount {
            let queries = Int(queryStarts[sequence + 1]) - Int(queryStarts[sequence])
            let context = Int(contextLengths[sequence])
            guard queries > 0, context >= queries, context <= limits.maximumModelLength else {
                throw .invalidBatch("sequence \(sequence) has \(queries) rows and a context of \(context) tokens")
            }
            try validateTokens(of: sequence, first: context - queries)
            let table = blockTables[sequence]
            guard table.count >= ExecutorLimits.blocks(forTokens: context) else {
                throw .invalidBatch("sequence \(sequence) has \(table.count) blocks for \(context) tokens")
            }
            if let block = table.first(where: { $0 < 0 || $0 >= blockCount }) {
                throw .invalidBatch("sequence \(sequence) names block \(block) of \(blockCount)")
            }
        }
    }
}
