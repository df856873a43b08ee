import CSpyreKernels

/// A matrix product: its sizes, its optional parts, and its numbers.
struct MatmulCase {
    enum Residual: CaseIterable { case none, apart, inPlace }

    var weight: Weight
    var rows: Int
    /// `[inputRows][columns]`
    var input: [Float]
    /// Input row of every product row, or empty.
    var index: [Int32] = []
    var bias: [Float] = []
    var norm: [Float] = []
    /// `[rows][results]`, or empty.
    var added: [Float] = []
    var residual = Residual.none
    var gated = false
    var resultColumns = 0
    var scale: Float = 1
    var terms: Int32 = 0

    static let epsilon: Float = 1e-5

    var columns: Int { weight.columns }
    var results: Int { resultColumns != 0 ? resultColumns : gated ? weight.outputs / 2 : weight.outputs }
    var inputRows: Int { input.count / columns }

    var text: String {
        var parts = ["\(rows)x\(weight.outputs)x\(columns)"]
        if weight.format.name != "f32" { parts.append(weight.format.name) }
        if gated { parts.append("gated") }
        if !bias.isEmpty { parts.append("bias") }
        if !norm.isEmpty { parts.append("norm") }
        if !index.isEmpty { parts.append("gather") }
        if residual != .none { parts.append("residual \(residual)") }
        if resultColumns != 0 { parts.append("\(resultColumns) results") }
        if scale != 1 { parts.append("scale \(scale)") }
        if terms == 2 { parts.append("2 terms") }
        return parts.joined(separator: " ")
    }

    /// A plain product of the first rows of `input`.
    init(_ weight: Weight, rows: Int, input: [Float]) {
        (self.weight, self.rows) = (weight, rows)
        self.input = Array(input.prefix(rows * weight.columns))
    }

    /// Result rows. `image` saves packing the weight again on the same device.
    func run(_ device: Device, gap: Int = 0, image: spyre_span? = nil) throws -> [[Float]] {
        let source = try Matrix(device, input, columns: columns, stride: columns + gap)
        let addend = try added.isEmpty ? nil : Matrix(device, added, columns: results, stride: results + gap)
        let output =
            try residual == .inPlace
            ? addend ?? source : Matrix(device, rows: rows, columns: results, stride: results + gap)
        var desc = descriptor(spyre_matmul_desc.self)
        desc.weight_type = spyre_type(weight.type)
        desc.weight = try image ?? weight.image(device)
        desc.outputs = Int64(weight.outputs)
        desc.columns = Int64(columns)
        desc.rows = spyre_extent_fixed(Int64(rows))
        (desc.input, desc.input_stride) = (source.span, Int64(source.stride))
        if !index.isEmpty { (desc.row_index, desc.input_rows) = (try device.span(index), Int64(inputRows)) }
        (desc.output, desc.output_stride) = (output.span, Int64(output.stride))
        desc.result_columns = Int64(resultColumns)
        if !bias.isEmpty { desc.bias = try device.span(bias) }
        if residual != .none { desc.residual = addend?.span ?? spyre_span() }
        desc.scale = scale
        desc.input_terms = terms
        desc.activation = spyre_matmul_activation(gated ? SPYRE_MATMUL_SILU_MUL : SPYRE_MATMUL_IDENTITY)
        if !norm.isEmpty { (desc.norm_weight, desc.norm_epsilon) = (try device.span(norm), Self.epsilon) }
        try device.run(spyre_stream_matmul, desc)
        return try output.read(device)
    }
}
