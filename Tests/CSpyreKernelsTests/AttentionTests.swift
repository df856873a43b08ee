import CSpyreKernels
import Foundation
import Testing

/// Paged attention against contiguous attention in float64.
@Suite struct AttentionTests {
    struct Shape {
        var heads = 6, kvHeads = 2, headSize = 32, context = 150, queries = 150
    }

    /// Fills a cache through scattered blocks and attends with the last `queries` rows of the context.
    static func attend(_ device: Device, _ shape: Shape, type: Int, q: [Float], k: [Float], v: [Float]) throws
        -> [Float]
    {
        let blocks = (shape.context + 63) / 64
        // Logical block i lies at physical block 2 * (blocks - i): scattered, and never block 0.
        let table = (0..<blocks).map { Int32(2 * (blocks - $0)) }
        let slots = (0..<shape.context).map { table[$0 / 64] * 64 + Int32($0 % 64) }
        let total = Int64(2 * blocks + 1)
        let bytes = Int(
            spyre_kv_cache_bytes(spyre_type(type), total, Int64(shape.kvHeads), Int64(shape.headSize)))
        // NaN everywhere: a slot that was not written must never be read into a result.
        let poison = [UInt8](repeating: 0xff, count: bytes)
        let cache = spyre_kv_cache(
            keys: try device.span(poison), values: try device.span(poison), blocks: total,
            kv_heads: Int64(shape.kvHeads), head_size: Int64(shape.headSize), type: spyre_type(type), reserved: 0)
        var write = spyre_kv_write_desc()
        write.struct_size = UInt32(MemoryLayout<spyre_kv_write_desc>.size)
        write.cache = cache
        write.keys = try device.span(k)
        write.values = try device.span(v)
        write.stride = Int64(shape.kvHeads * shape.headSize)
        write.slots = try device.span(slots)
        write.rows = spyre_extent_fixed(Int64(shape.context))
        try check { spyre_stream_kv_write(device.stream, &write, $0) }

        let width = shape.heads * shape.headSize
        let output = try device.room(bytes: shape.queries * width * 4)
        var desc = spyre_attention_desc()
        desc.struct_size = UInt32(MemoryLayout<spyre_attention_desc>.size)
        desc.scale = 1 / Float(shape.headSize).squareRoot()
        desc.cache = cache
        desc.queries = try device.span(Array(q.suffix(shape.queries * width)))
        desc.query_stride = Int64(width)
        desc.output = output
        desc.output_stride = Int64(width)
        desc.heads = Int64(shape.heads)
        desc.rows = spyre_extent_fixed(Int64(shape.queries))
        desc.sequences = spyre_extent_fixed(1)
        desc.query_starts = try device.span([0, Int32(shape.queries)])
        desc.context_lengths = try device.span([Int32(shape.context)])
        desc.block_tables = try device.span(table)
        desc.maximum_blocks = Int64(blocks)
        try check { spyre_stream_attention(device.stream, &desc, $0) }
        return try device.read(output, count: shape.queries * width, as: 0)
    }

    /// On the keys and values as the cache keeps them.
    @Test(arguments: Device.runnable, [SPYRE_TYPE_F32, SPYRE_TYPE_BF16])
    func pagedEqualsContiguous(isa: String, type: Int) throws {
        let device = try Device(isa: isa)
        for shape in [Shape(), Shape(heads: 4, kvHeads: 4, headSize: 16), Shape(heads: 7, kvHeads: 1, headSize: 80)] {
            var random = SplitMix64(seed: 3)
            let q = random.floats(shape.context * shape.heads * shape.headSize)
            let k = random.floats(shape.context * shape.kvHeads * shape.headSize)
            let v = random.floats(shape.context * shape.kvHeads * shape.headSize)
            let whole = try Self.attend(device, shape, type: type, q: q, k: k, v: v)
            let (keys, values) = (Oracle.kept(k, type: type), Oracle.kept(v, type: type))
            for row in [0, 1, 63, 64, 149] {
                for head in 0..<shape.heads {
                    let start = (row * shape.heads + head) * shape.headSize
                    let expected = Oracle.attention(
                        query: q[start..<start + shape.headSize], keys: keys, values: values, token: row,
                        kvHead: head / (shape.heads / shape.kvHeads), kvHeads: shape.kvHeads)
                    for (i, exact) in expected.enumerated() {
                        let distance = abs(Double(whole[start + i]) - exact.value)
                        #expect(distance <= exact.error, "\(isa) row \(row) head \(head)")
                    }
                }
            }
            // A chunk and a single decode step give the same bits as the whole prefill.
            for queries in [1, 37] {
                var part = shape
                part.queries = queries
                let tail = try Self.attend(device, part, type: type, q: q, k: k, v: v)
                #expect(tail.map(\.bitPattern) == whole.suffix(tail.count).map(\.bitPattern))
            }
        }
    }
}
