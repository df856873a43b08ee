import CSpyreKernels
import SpyreDevice

/// Rotates queries in place, and keys on their way to the paged cache. The result is the rotated queries.
struct RotateAndKVWrite: Operation {
    static let name = "rope_kv_write"
    var queries: Value
    var keys: Value
    var values: Value
    var positions: Value
    var slots: Value
    var layer: Int
    var heads: AttentionHeads
    var rotation: Rotation

    var operands: [Value] { [queries, keys, values, positions, slots] }
    mutating func mapOperands(_ transform: (Value) -> Value) {
        queries = transform(queries)
        keys = transform(keys)
        values = transform(values)
        positions = transform(positions)
        slots = transform(slots)
    }
    var attributes: [String] { ["layer: \(layer)", "layout: \(rotation.layout.rawValue)"] }
    var placement: Placement { .inPlace(queries) }
    var hasEffect: Bool { true }
    var images: [ParameterImage] { [rotation.image] }

    func enqueue(result: Value, on target: LoweringTarget) throws(GraphError) {
        var desc = try target.kvWrite(keys: keys, values: values, slots: slots, layer: layer, heads: heads)
        guard try target.stride(of: queries) == desc.stride else {
            throw .malformed("rope_kv_write: queries and keys have different row strides")
        }
        desc.layout = rotation.layout.code
        desc.rows = try target.rows(of: result)
        desc.queries = try target.span(of: queries)
        desc.heads = Int64(heads.count)
        desc.positions = try target.span(of: positions)
        desc.rope_table = try target.span(of: rotation.image)
        desc.table_positions = Int64(rotation.positions)
        try target.enqueue { stream throws(DeviceError) in try stream.kvWrite(desc) }
    }
}
