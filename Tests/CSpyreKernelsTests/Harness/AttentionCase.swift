import CSpyreKernels

/// Attention of the last `queries` tokens of one sequence, over a paged cache that `kv_write` has filled.
struct AttentionCase {
    var format: KVFormat
    var heads = 2, kvHeads = 1, headSize = 16
    var blockTokens = 64, layout = SPYRE_KV_PANELS
    var context: Int
    var queries: Int
    /// `[context][heads or kvHeads][headSize]`
    var q: [Float], k: [Float], v: [Float]

    var width: Int { heads * headSize }
    var scales: KVScales { KVScales(format, heads: kvHeads) }
    var text: String { "\(queries) of \(context) tokens, \(heads)/\(kvHeads) heads of \(headSize)" }

    init(
        _ format: KVFormat, heads: Int = 2, kvHeads: Int = 1, headSize: Int = 16, context: Int,
        using random: inout SplitMix64
    ) {
        (self.format, self.heads, self.kvHeads, self.headSize) = (format, heads, kvHeads, headSize)
        (self.context, queries) = (context, context)
        // Some of the scores are far apart.
        q = random.floats(context * heads * headSize).map { $0 * 3 }
        k = random.floats(context * kvHeads * headSize)
        v = random.floats(context * kvHeads * headSize)
    }

    /// The last `queries` rows of the first `context` tokens.
    func part(context: Int, queries: Int) -> AttentionCase {
        var part = self
        (part.context, part.queries) = (context, queries)
        part.q = Array(q.prefix(context * width))
        part.k = Array(k.prefix(context * kvHeads * headSize))
        part.v = Array(v.prefix(context * kvHeads * headSize))
        return part
    }

    /// Rows `[heads * headSize]` of the queries.
    func run(_ device: Device, gap: Int = 0) throws -> [[Float]] {
        let blocks = (context + blockTokens - 1) / blockTokens
        // Logical block i lies at physical block 2 * (blocks - i): scattered, and never block 0.
        let table = (0..<blocks).map { Int32(2 * (blocks - $0)) }
        let total = Int64(2 * blocks + 1)
        var cache = spyre_kv_cache(
            keys: spyre_span(), values: spyre_span(), blocks: total, kv_heads: Int64(kvHeads),
            head_size: Int64(headSize), type: spyre_type(format.type), block_tokens: UInt16(blockTokens),
            layout: spyre_kv_layout(layout))
        // NaN everywhere: a slot that was not written must never be read into a result.
        let poison = [UInt8](repeating: 0xff, count: Int(spyre_kv_cache_size(&cache)))
        cache.keys = try device.aligned { try device.span(poison) }
        cache.values = try device.aligned { try device.span(poison) }
        var write = descriptor(spyre_kv_write_desc.self)
        write.cache = cache
        write.scales = try scales.on(device)
        let keys = try Matrix(device, k, columns: kvHeads * headSize, stride: kvHeads * headSize + gap)
        let values = try Matrix(device, v, columns: kvHeads * headSize, stride: kvHeads * headSize + gap)
        (write.keys, write.values, write.stride) = (keys.span, values.span, Int64(keys.stride))
        write.slots = try device.span(
            (0..<context).map { table[$0 / blockTokens] * Int32(blockTokens) + Int32($0 % blockTokens) })
        write.rows = spyre_extent_fixed(Int64(context))
        try device.run(spyre_stream_kv_write, write)

        let input = try Matrix(device, Array(q.suffix(queries * width)), columns: width, stride: width + gap)
        let output = try Matrix(device, rows: queries, columns: width, stride: width + 2 * gap)
        var desc = descriptor(spyre_attention_desc.self)
        desc.scale = 1 / Float(headSize).squareRoot()
        desc.cache = cache
        desc.scales = write.scales
        (desc.queries, desc.query_stride) = (input.span, Int64(input.stride))
        (desc.output, desc.output_stride) = (output.span, Int64(output.stride))
        desc.heads = Int64(heads)
        (desc.rows, desc.sequences) = (spyre_extent_fixed(Int64(queries)), spyre_extent_fixed(1))
        desc.query_starts = try device.span([0, Int32(queries)])
        desc.context_lengths = try device.span([Int32(context)])
        (desc.block_tables, desc.maximum_blocks) = (try device.span(table), Int64(blocks))
        try device.run(spyre_stream_attention, desc)
        return try output.read(device)
    }

    func expected() -> [[Expected]] {
        let scales = scales
        func kept(_ elements: [Float], _ scale: (Int) -> Float) -> [Double] {
            elements.enumerated().map { i, x in
                let scale = scale(i / headSize % kvHeads)
                return format.kept(x / scale) * Double(scale)
            }
        }
        let (keys, values) = (kept(k, scales.key), kept(v, scales.value))
        return (context - queries..<context).map { token in
            (0..<heads).flatMap { head in
                let start = (token * heads + head) * headSize
                return Oracle.attention(
                    query: q[start..<start + headSize], keys: keys, values: values, token: token,
                    kvHead: head / (heads / kvHeads), kvHeads: kvHeads, queryRounding: format.queryRounding,
                    weightRounding: format.weightRounding)
            }
        }
    }
}
