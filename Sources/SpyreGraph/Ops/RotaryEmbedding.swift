import CSpyreKernels
import SpyreDevice

/// Rotates every head of each row by the row's position.
struct RotaryEmbedding: Operation {
    static let name = "rope"
    var input: Value
    var positions: Value
    var heads: Int
    var rotation: Rotation

    var operands: [Value] { [input, positions] }
    mutating func mapOperands(_ transform: (Value) -> Value) {
        input = transform(input)
        positions = transform(positions)
    }
    var attributes: [String] { ["heads: \(heads)x\(rotation.headSize)", "layout: \(rotation.layout.rawValue)"] }
    var placement: Placement { .inPlace(input) }
    var images: [ParameterImage] { [rotation.image] }

    func enqueue(result: Value, on target: LoweringTarget) throws(GraphError) {
        var desc = spyre_rope_desc()
        desc.layout = rotation.layout.code
        desc.data = try target.span(of: input)
        desc.stride = try target.stride(of: input)
        desc.heads = Int64(heads)
        desc.head_size = Int64(rotation.headSize)
        desc.positions = try target.span(of: positions)
        desc.table = try target.span(of: rotation.image)
        desc.table_positions = Int64(rotation.positions)
        desc.rows = try target.rows(of: result)
        try target.enqueue { stream throws(DeviceError) in try stream.rope(desc) }
    }
}

extension Rotation {
    var image: ParameterImage { .vector([VectorPart(table)], arrangement: .stacked) }
}

extension Rotation.Layout {
    var code: spyre_rope_layout {
        switch self {
        case .interleaved: spyre_rope_layout(SPYRE_ROPE_INTERLEAVED)
        case .halfSplit: spyre_rope_layout(SPYRE_ROPE_HALF_SPLIT)
        }
    }
}
