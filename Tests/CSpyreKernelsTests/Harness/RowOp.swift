import CSpyreKernels

/// An op whose every output row comes from the same row of its inputs, described so that `Trial.sweep` can drive it
/// through sizes, places, batches, threads and values.
struct RowOp {
    struct Operands {
        var inputs: [Matrix]
        /// One vector of `columns` each.
        var parameters: [spyre_span]
        var outputs: [Matrix]
        var columns: Int64
        var rows: spyre_extent
    }

    var name: String
    var inputs = 1
    var parameters = 0
    var outputs = 1
    /// Ways to run it: for each output the input that it is, or nil for memory of its own.
    var aliases: [[Int?]] = [[nil]]
    /// All row operands have the same stride.
    var oneStride = true
    /// Elements depend on the same elements only, so that special values can meet in every pair.
    var elementwise = false
    /// Columns that the op takes.
    var columns = Sizes.upTo(4097)
    /// Factor of values that are drawn from -1...1, for each input.
    var spread: [Float] = []
    var enqueue: (Device, Operands) throws -> Void
    /// Output rows of one row of each input, and the parameters.
    var expected: (_ inputs: [[Float]], _ parameters: [[Float]]) -> [[Expected]]
}

/// Values for a sweep, row-major.
struct RowValues {
    var columns: Int
    var inputs: [[Float]]
    var parameters: [[Float]]
    var rows: Int { (inputs.first?.count ?? 0) / columns }

    init(columns: Int, inputs: [[Float]], parameters: [[Float]]) {
        (self.columns, self.inputs, self.parameters) = (columns, inputs, parameters)
    }

    init(_ op: RowOp, rows: Int, columns: Int, using random: inout SplitMix64) {
        self.columns = columns
        inputs = (0..<op.inputs).map { i in
            let spread = i < op.spread.count ? op.spread[i] : 1
            return random.floats(rows * columns).map { $0 * spread }
        }
        parameters = (0..<op.parameters).map { _ in random.floats(columns) }
    }

    func row(_ row: Int) -> [[Float]] { inputs.map { Array($0[row * columns..<(row + 1) * columns]) } }

    /// Rows `range` alone.
    func rows(_ range: Range<Int>) -> RowValues {
        RowValues(
            columns: columns, inputs: inputs.map { Array($0[range.lowerBound * columns..<range.upperBound * columns]) },
            parameters: parameters)
    }

    /// What every output has to be.
    func expected(_ op: RowOp) -> [[[Expected]]] {
        let rows = (0..<self.rows).map { op.expected(row($0), parameters) }
        return (0..<op.outputs).map { output in rows.map { $0[output] } }
    }
}
