import CSpyreKernels
import SpyreDevice

/// `weight * (x - mean(x)) / sqrt(variance(x) + epsilon) + bias` over columns; without a bias nothing is added.
struct LayerNorm: Operation {
    static let name = "layer_norm"
    var input: Value
    var scheme: NormScheme
    var bias: Parameter?

    private var biasImage: ParameterImage? { bias.map { .vector([VectorPart($0)], arrangement: .stacked) } }

    var operands: [Value] { [input] }
    mutating func mapOperands(_ transform: (Value) -> Value) { input = transform(input) }
    var attributes: [String] { [scheme.printed] + (bias.map { ["bias: \($0.name)"] } ?? []) }
    var images: [ParameterImage] { [scheme.image] + (biasImage.map { [$0] } ?? []) }

    func enqueue(result: Value, on target: LoweringTarget) throws(GraphError) {
        let columns = scheme.weight.columns
        guard try target.columns(of: input) == columns, bias == nil || bias?.columns == columns else {
            throw .malformed("layer_norm: \(scheme.weight) has \(columns) elements, its input or bias another number")
        }
        var desc = spyre_layer_norm_desc()
        desc.epsilon = scheme.epsilon
        desc.input = try target.span(of: input)
        desc.input_stride = try target.stride(of: input)
        desc.weight = try target.span(of: scheme.image)
        if let biasImage { desc.bias = try target.span(of: biasImage) }
        desc.output = try target.span(of: result)
        desc.output_stride = try target.stride(of: result)
        desc.columns = Int64(columns)
        desc.rows = try target.rows(of: result)
        try target.enqueue { stream throws(DeviceError) in try stream.layerNorm(desc) }
    }
}
