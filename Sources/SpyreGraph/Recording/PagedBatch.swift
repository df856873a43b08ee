/// The symbolic inputs of one step over a paged KV cache, all int32. `ForwardBatch` of the executor holds their values.
public struct PagedBatch {
    /// `[rows, 1]`
    public let tokenIDs: Tensor
    /// `[rows, 1]`, index of each token in its sequence.
    public let positions: Tensor
    /// `[rows, 1]`, block * 64 + offset; negative writes nothing.
    public let slots: Tensor
    /// `[sequences, 1]` and one more.
    public let queryStarts: Tensor
    /// `[sequences, 1]`
    public let contextLengths: Tensor
    /// `[sequences, maximumBlocks]`
    public let blockTables: Tensor
    /// `[logitRows, 1]`
    public let logitRows: Tensor

    public init(recorder: GraphRecorder, maximumBlocks: Int) {
        func input(_ name: StepInput, _ symbol: Dimension.Symbol, columns: Int = 1) -> Tensor {
            recorder.input(name.rawValue, TensorType(.int32, rows: .symbol(symbol), columns: columns))
        }
        tokenIDs = input(.tokenIDs, .rows)
        positions = input(.positions, .rows)
        slots = input(.slots, .rows)
        queryStarts = input(.queryStarts, .sequences)
        contextLengths = input(.contextLengths, .sequences)
        blockTables = input(.blockTables, .sequences, columns: maximumBlocks)
        logitRows = input(.logitRows, .logitRows)
    }
}
