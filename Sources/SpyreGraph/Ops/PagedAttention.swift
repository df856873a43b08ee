import CSpyreKernels
import SpyreDevice

/// Causal grouped-query attention over a layer's paged KV cache (Kwon et al. 2023).
struct PagedAttention: Operation {
    static let name = "paged_attention"
    var queries: Value
    var queryStarts: Value
    var contextLengths: Value
    var blockTables: Value
    var layer: Int
    var heads: AttentionHeads
    /// Multiplies the scores before the softmax.
    var scale: Float

    var operands: [Value] { [queries, queryStarts, contextLengths, blockTables] }
    mutating func mapOperands(_ transform: (Value) -> Value) {
        queries = transform(queries)
        queryStarts = transform(queryStarts)
        contextLengths = transform(contextLengths)
        blockTables = transform(blockTables)
    }
    var attributes: [String] {
        ["layer: \(layer)", "heads: \(heads.count):\(heads.kvCount)x\(heads.size)", "scale: \(scale)"]
    }

    func enqueue(result: Value, on target: LoweringTarget) throws(GraphError) {
        let desc = try descriptor(queries: queries, result: result, on: target)
        try target.enqueue { stream throws(DeviceError) in try stream.attention(desc) }
    }

    /// The op as the device takes it, with the cache as it is.
    func descriptor(queries: Value, result: Value, on target: LoweringTarget) throws(GraphError) -> spyre_attention_desc
    {
        var desc = spyre_attention_desc()
        desc.scale = scale
        desc.cache = try target.kvCache(layer: layer, heads: heads)
        desc.scales = target.kvScales(layer: layer)
        desc.queries = try target.span(of: queries)
        desc.query_stride = try target.stride(of: queries)
        desc.output = try target.span(of: result)
        desc.output_stride = try target.stride(of: result)
        desc.heads = Int64(heads.count)
        desc.rows = try target.rows(of: result)
        desc.sequences = try target.rows(of: contextLengths)
        desc.query_starts = try target.span(of: queryStarts)
        desc.context_lengths = try target.span(of: contextLengths)
        desc.block_tables = try target.span(of: blockTables)
        desc.maximum_blocks = try target.stride(of: blockTables)
        return desc
    }
}
