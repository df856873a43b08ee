import CSpyreKernels
import SpyreDevice

/// `weight * x / sqrt(mean(x^2) + epsilon)` over columns.
struct RMSNorm: Operation {
    static let name = "rms_norm"
    var input: Value
    var scheme: NormScheme

    var operands: [Value] { [input] }
    mutating func mapOperands(_ transform: (Value) -> Value) { input = transform(input) }
    var attributes: [String] { [scheme.printed] }
    var images: [ParameterImage] { [scheme.image] }

    func enqueue(result: Value, on target: LoweringTarget) throws(GraphError) {
        let stride = try target.stride(of: input)
        guard try target.stride(of: result) == stride else {
            throw .malformed("rms_norm: input and result have different row strides")
        }
        var desc = spyre_rms_norm_desc()
        desc.epsilon = scheme.epsilon
        desc.input = try target.span(of: input)
        desc.weight = try target.span(of: scheme.image)
        desc.output = try target.span(of: result)
        desc.columns = Int64(scheme.weight.columns)
        desc.stride = stride
        desc.rows = try target.rows(of: result)
        try target.enqueue { stream throws(DeviceError) in try stream.rmsNorm(desc) }
    }
}
