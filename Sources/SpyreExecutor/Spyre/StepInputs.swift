import SpyreGraph

/// The values of a step's inputs, padded to the shape in which it runs.
///
/// Padding rows write nowhere (slot -1), belong to no sequence and are read by nobody; padding sequences are empty.
struct StepInputs {
    let named: [(StepInput, [Int32])]

    init(_ batch: ForwardBatch, shape: LaunchShape, maximumBlocks: Int) {
        func padded(_ values: [Int32], to count: Int, with value: Int32) -> [Int32] {
            values.count >= count ? values : values + [Int32](repeating: value, count: count - values.count)
        }
        let rowCount = Int32(batch.rowCount)
        var blockTables = [Int32](repeating: 0, count: shape.sequences * maximumBlocks)
        for (sequence, table) in batch.blockTables.enumerated() {
            for (index, block) in table.prefix(maximumBlocks).enumerated() {
                blockTables[sequence * maximumBlocks + index] = block
            }
        }
        named = [
            (.tokenIDs, padded(batch.tokenIDs, to: shape.rows, with: 0)),
            (.positions, padded(batch.positions, to: shape.rows, with: 0)),
            (.slots, padded(batch.slots, to: shape.rows, with: -1)),
            (.queryStarts, padded(batch.queryStarts, to: shape.sequences + 1, with: rowCount)),
            (.contextLengths, padded(batch.contextLengths, to: shape.sequences, with: 0)),
            (.blockTables, blockTables),
            (.logitRows, padded(batch.logitRows, to: shape.logitRows, with: 0)),
        ]
    }
}
