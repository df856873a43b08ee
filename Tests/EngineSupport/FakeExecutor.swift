import SpyreEngine
import SpyreExecutor

/// Runs a `ToyModel` the way a device would: tokens are written to their slots, and each row reads its sequence back
/// through the block table. Whatever the engine gets wrong about slots, tables or positions is refused or changes the
/// logits.
package final class FakeExecutor: Executor {
    package let limits: ExecutorLimits
    package let compilationsAfterWarmUp = 0
    package let model: ToyModel
    /// Every batch that was run.
    package private(set) var batches: [ForwardBatch] = []
    /// What a failing step throws.
    package static let failure = ExecutorError.unsupportedModel("the fake device failed")
    /// Throws at this step (from 0) instead of running it.
    package var failingStep: Int?
    /// Passed before every step.
    package var gate: StepGate?

    /// Token and position at each slot; nil where nothing was written.
    private var cache: [(token: Int32, position: Int32)?]

    package init(_ limits: ExecutorLimits, model: ToyModel = .hashed) {
        self.limits = limits
        self.model = model
        cache = Array(repeating: nil, count: limits.blockCount * ExecutorLimits.blockTokens)
    }

    package func execute(_ batch: ForwardBatch, logits: UnsafeMutableBufferPointer<Float>) throws(ExecutorError) {
        gate?.pass()
        if failingStep == batches.count {
            failingStep = nil
            throw Self.failure
        }
        batches.append(batch)
        try check(batch, room: logits.count)
        for copy in batch.blockCopies {
            for offset in 0..<ExecutorLimits.blockTokens {
                cache[Int(copy.target) * ExecutorLimits.blockTokens + offset] =
                    cache[Int(copy.source) * ExecutorLimits.blockTokens + offset]
            }
        }
        for row in 0..<batch.rowCount where batch.slots[row] >= 0 {
            cache[Int(batch.slots[row])] = (batch.tokenIDs[row], batch.positions[row])
        }
        for (place, row) in batch.logitRows.enumerated() {
            let values = model.logits(try history(of: Int(row), batch)[...])
            for (token, value) in values.enumerated() { logits[place * limits.vocabularySize + token] = value }
        }
    }

    /// The tokens of the row's sequence up to the row, read through the block table.
    private func history(of row: Int, _ batch: ForwardBatch) throws(ExecutorError) -> [Int32] {
        let sequence = batch.queryStarts.lastIndex { Int($0) <= row } ?? 0
        var tokens: [Int32] = []
        for position in 0...batch.positions[row] {
            let block = batch.blockTables[sequence][Int(position) / ExecutorLimits.blockTokens]
            let slot = Int(block) * ExecutorLimits.blockTokens + Int(position) % ExecutorLimits.blockTokens
            guard let entry = cache[slot], entry.position == position else {
                throw .invalidBatch("slot \(slot) does not hold position \(position) of sequence \(sequence)")
            }
            tokens.append(entry.token)
        }
        return tokens
    }

    private func check(_ batch: ForwardBatch, room: Int) throws(ExecutorError) {
        guard batch.rowCount > 0, batch.rowCount <= limits.maximumRows,
            batch.sequenceCount > 0, batch.sequenceCount <= limits.maximumSequences,
            batch.logitRows.count <= limits.maximumLogitRows,
            batch.logitRows.count * limits.vocabularySize <= room
        else { throw .invalidBatch("beyond the limits: \(batch)") }
        guard batch.positions.count == batch.rowCount, batch.slots.count == batch.rowCount,
            batch.queryStarts.count == batch.sequenceCount + 1, batch.blockTables.count == batch.sequenceCount,
            batch.queryStarts.first == 0, batch.queryStarts.last == Int32(batch.rowCount)
        else { throw .invalidBatch("lengths do not agree: \(batch)") }
        let written = batch.slots.filter { $0 >= 0 }
        guard Set(written).count == written.count else { throw .invalidBatch("a slot is written twice: \(batch)") }
        try checkSharing(batch)
        for sequence in 0..<batch.sequenceCount { try check(sequence, of: batch) }
    }

    /// A block that a sequence writes to may be read by others when the step fills it.
    private func checkSharing(_ batch: ForwardBatch) throws(ExecutorError) {
        let size = Int32(ExecutorLimits.blockTokens)
        let filled = Set(batch.slots.filter { $0 % size == size - 1 }.map { $0 / size })
        for sequence in 0..<batch.sequenceCount {
            let rows = Int(batch.queryStarts[sequence])..<Int(batch.queryStarts[sequence + 1])
            let partial = Set(batch.slots[rows].filter { $0 >= 0 }.map { $0 / size }).subtracting(filled)
            for (other, table) in batch.blockTables.enumerated() where other != sequence {
                guard partial.isDisjoint(with: table) else {
                    throw .invalidBatch("sequence \(other) reads a block that \(sequence) is writing: \(batch)")
                }
            }
        }
    }

    private func check(_ sequence: Int, of batch: ForwardBatch) throws(ExecutorError) {
        let rows = Int(batch.queryStarts[sequence])..<Int(batch.queryStarts[sequence + 1])
        let table = batch.blockTables[sequence]
        let context = Int(batch.contextLengths[sequence])
        guard !rows.isEmpty, context <= limits.maximumModelLength,
            table.count >= ExecutorLimits.blocks(forTokens: context),
            table.allSatisfy({ $0 > 0 && $0 < limits.blockCount })
        else { throw .invalidBatch("sequence \(sequence) of \(batch)") }
        for row in rows {
            let position = context - (rows.upperBound - row)
            let slot =
                Int(table[position / ExecutorLimits.blockTokens]) * ExecutorLimits.blockTokens
                + position % ExecutorLimits.blockTokens
            guard batch.positions[row] == position, batch.slots[row] == slot || batch.slots[row] == -1,
                batch.tokenIDs[row] >= 0, batch.tokenIDs[row] < limits.vocabularySize
            else { throw .invalidBatch("row \(row) of \(batch)") }
        }
    }
}
