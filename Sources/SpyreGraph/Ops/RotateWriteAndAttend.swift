import CSpyreKernels
import SpyreDevice

/// Rotation of queries and keys, KV write and attention as one op: the thread that reads a new key writes it, so that a
/// step of one row a sequence needs no barrier between the two. Queries and keys stay as they are.
struct RotateWriteAndAttend: Operation {
    static let name = "rope_kv_write_paged_attention"
    var write: RotateAndKVWrite
    /// Its queries are those of `write`.
    var attention: PagedAttention

    var operands: [Value] {
        write.operands + [attention.queryStarts, attention.contextLengths, attention.blockTables]
    }
    mutating func mapOperands(_ transform: (Value) -> Value) {
        write.mapOperands(transform)
        attention.mapOperands(transform)
        attention.queries = write.queries
    }
    var attributes: [String] { attention.attributes + ["layout: \(write.rotation.layout.rawValue)"] }
    var hasEffect: Bool { true }
    var images: [ParameterImage] { write.images }

    func enqueue(result: Value, on target: LoweringTarget) throws(GraphError) {
        var desc = try attention.descriptor(queries: write.queries, result: result, on: target)
        desc.keys = try target.span(of: write.keys)
        desc.values = try target.span(of: write.values)
        desc.kv_stride = try target.stride(of: write.keys)
        guard try target.stride(of: write.values) == desc.kv_stride else {
            throw .malformed("\(Self.name): keys and values have different row strides")
        }
        desc.slots = try target.span(of: write.slots)
        desc.positions = try target.span(of: write.positions)
        desc.rope_table = try target.span(of: write.rotation.image)
        desc.table_positions = Int64(write.rotation.positions)
        desc.layout = write.rotation.layout.code
        try target.enqueue { stream throws(DeviceError) in try stream.attention(desc) }
    }
}
