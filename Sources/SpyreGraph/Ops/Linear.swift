import CSpyreKernels
import SpyreDevice

/// `residual + scale * act(norm(x) W^T + b)`, each part but the product optional.
///
/// A model records one with a single part; passes add the rest.
struct Linear: Operation {
    static let name = "linear"
    var input: Value
    /// Stacked along output features, or gate and up when `arrangement` is `.gateUp`.
    var parts: [LinearPart]
    var arrangement: ParameterImage.Arrangement = .stacked
    /// Row i of the result is computed from row `rowIndex[i]` of the input.
    var rowIndex: Value?
    var norm: NormScheme?
    var scale: Float = 1
    var residual: Value?
    /// Terms in which activations are expressed where the weight type rounds them, 1 or 2; for bfloat16, the second term
    /// is of those few that lose most.
    var inputTerms: Int32

    init(input: Value, parts: [LinearPart], rowIndex: Value? = nil, inputTerms: Int32 = 1) {
        self.input = input
        self.parts = parts
        self.rowIndex = rowIndex
        self.inputTerms = inputTerms
    }

    /// True until a pass has added something.
    var isPlain: Bool {
        arrangement == .stacked && rowIndex == nil && norm == nil && scale == 1 && residual == nil
    }

    /// Columns of the result.
    var resultColumns: Int {
        switch arrangement {
        case .stacked: parts.reduce(0) { $0 + $1.weight.outputs }
        case .gateUp: parts.first?.weight.outputs ?? 0
        }
    }

    var operands: [Value] { [input] + [rowIndex, residual].compactMap(\.self) }

    mutating func mapOperands(_ transform: (Value) -> Value) {
        input = transform(input)
        rowIndex = rowIndex.map(transform)
        residual = residual.map(transform)
    }

    var attributes: [String] {
        var list: [String] = []
        if let norm { list.append("norm: \(norm.printed)") }
        if rowIndex != nil { list.append("rows: selected") }
        list.append(parts.map(\.printed).joined(separator: arrangement == .gateUp ? " | " : " ; "))
        if arrangement == .gateUp { list.append("act: silu_mul") }
        if inputTerms != 1 { list.append("input terms: \(inputTerms)") }
        if scale != 1 { list.append("scale: \(scale)") }
        if residual != nil { list.append("residual: last operand") }
        return list
    }

    /// The result may lie where the residual lay: each element is read before it is written.
    var placement: Placement { residual.map { .ownOrReuse($0) } ?? .own }

    var images: [ParameterImage] { [weightImage] + [biasImage, norm?.image].compactMap(\.self) }

    private var weightImage: ParameterImage { .matrix(parts.map(\.weight), arrangement: arrangement) }

    private var biasImage: ParameterImage? {
        guard parts.contains(where: { $0.bias != nil }) else { return nil }
        return .vector(
            parts.map { VectorPart(name: $0.bias?.name, count: $0.weight.outputs) }, arrangement: arrangement)
    }

    func enqueue(result: Value, on target: LoweringTarget) throws(GraphError) {
        guard let weight = parts.first?.weight else { throw .malformed("linear without a weight") }
        var desc = spyre_matmul_desc()
        desc.weight_type = weight.type.code
        desc.weight = try target.span(of: weightImage)
        desc.outputs = Int64(weightImage.imageOutputs)
        desc.columns = Int64(weight.columns)
        desc.rows = try target.rows(of: result)
        desc.input = try target.span(of: input)
        desc.input_stride = try target.stride(of: input)
        if let rowIndex {
            desc.row_index = try target.span(of: rowIndex)
            desc.input_rows = try target.rows(of: input).maximum
        }
        desc.output = try target.span(of: result)
        desc.output_stride = try target.stride(of: result)
        desc.result_columns = Int64(resultColumns)
        if let biasImage { desc.bias = try target.span(of: biasImage) }
        if let residual {
            guard try target.stride(of: residual) == desc.output_stride else {
                throw .malformed("linear: residual and result have different row strides")
            }
            desc.residual = try target.span(of: residual)
        }
        desc.scale = scale
        desc.input_terms = inputTerms
        desc.activation = spyre_matmul_activation(
            arrangement == .gateUp ? SPYRE_MATMUL_SILU_MUL : SPYRE_MATMUL_IDENTITY)
        if let norm {
            desc.norm_weight = try target.span(of: norm.image)
            desc.norm_epsilon = norm.epsilon
        }
        try target.enqueue { stream throws(DeviceError) in try stream.matmul(desc) }
    }
}
