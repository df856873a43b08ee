import CSpyreKernels
import Foundation
import SpyreDevice

/// Types that a KV cache can have.
struct CacheFormat: Sendable {
    let code: Int
    /// Relative error of a query, and of the weight of a value, where the kernel rounds them to the cache's type (see
    /// `spyre_attention_desc`).
    let queryRounding: Double
    let weightRounding: Double
    let type: ComputeType
    /// What the cache keeps of a value.
    let kept: @Sendable (Float) -> Float
    /// Of a cache of bytes, for all heads.
    var scale: Float?

    var name: String { String(cString: spyre_type_name(spyre_type(code))) }

    static let all: [CacheFormat] = [
        CacheFormat(
            code: SPYRE_TYPE_F32, queryRounding: 0, weightRounding: 0, type: .float32, kept: { $0 }),
        CacheFormat(
            code: SPYRE_TYPE_F16, queryRounding: 0, weightRounding: 0, type: .float32, kept: { Float(Float16($0)) }),
        CacheFormat(
            code: SPYRE_TYPE_BF16, queryRounding: 0x1p-16, weightRounding: 0x1p-8 + 0x1.6ap-14, type: .bfloat16,
            kept: HalfRounding.bfloat16),
        CacheFormat(
            code: SPYRE_TYPE_F8_E4M3, queryRounding: 0x1p-8, weightRounding: 0x1p-8 + 0x1.6ap-14, type: .bfloat16,
            kept: HalfRounding.float8),
        // Keys and values are drawn from -1 ... 1.
        CacheFormat(
            code: SPYRE_TYPE_I8, queryRounding: 0x1p-8, weightRounding: 0x1p-8 + 0x1.6ap-14, type: .bfloat16,
            kept: { ($0 / (1 / 127)).rounded(.toNearestOrEven) * (1 / 127) }, scale: 1 / 127),
    ]

    static func named(_ name: String) throws(BenchmarkError) -> CacheFormat {
        guard let format = all.first(where: { $0.name == name }) else {
            throw BenchmarkError(.request, "no KV cache of type \(name)")
        }
        return format
    }

    /// What the ops are to be given, and its memory.
    func scales(_ context: KernelContext) throws -> (spyre_kv_scales, Buffer?) {
        guard let scale else { return (spyre_kv_scales(), nil) }
        let buffer = try context.buffer([scale])
        return (spyre_kv_scales(keys: buffer.span(), values: buffer.span(), count: 1), buffer)
    }

    func bytes(blocks: Int, kvHeads: Int, headSize: Int) -> Int {
        Int(
            clamping: spyre_kv_cache_bytes(
                spyre_type(code), Int64(blocks), Int64(kvHeads), Int64(headSize)))
    }
}

enum HalfRounding {
    /// The nearest bfloat16, ties to even, of a finite number.
    @Sendable static func bfloat16(_ x: Float) -> Float {
        let bits = x.bitPattern
        return Float(bitPattern: (bits + 0x7fff + (bits >> 16 & 1)) & 0xffff_0000)
    }

    /// The nearest number of FP8 E4M3, ties to even, of one up to 448 in size: 3 bits of fraction from 2^-6 on, and
    /// multiples of 2^-9 below.
    @Sendable static func float8(_ x: Float) -> Float {
        let exponent = x.magnitude < 0x1p-6 ? -6 : Int(x.exponent)
        let unit = Float(sign: .plus, exponent: exponent - 3, significand: 1)
        return (x / unit).rounded(.toNearestOrEven) * unit
    }
}

/// Attention of one sequence over a paged cache: its last token (decode) or all of them (prefill).
final class AttentionKernel: PreparedKernel {
    struct Shape {
        let tokens, heads, kvHeads, headSize: Int
        /// Query rows, the last of the tokens.
        let queries: Int
    }

    let work: KernelWork
    private let context: KernelContext
    private let format: CacheFormat
    private let shape: Shape
    private let buffers: [Buffer]
    private let output: Buffer
    private let scaleBuffer: Buffer?
    private var desc = spyre_attention_desc()

    init(_ context: KernelContext, _ format: CacheFormat, _ shape: Shape) throws {
        self.context = context
        self.format = format
        self.shape = shape
        work = Self.work(format, shape)
        let blocks = (shape.tokens + 63) / 64
        // Scattered as a cache in use is: logical block i is the physical block that a stride coprime to it names.
        let stride = [7, 5, 3, 1].first { blocks % $0 != 0 } ?? 1
        let table = (0..<blocks).map { Int32(1 + $0 * stride % blocks) }
        let bytes = format.bytes(blocks: blocks + 1, kvHeads: shape.kvHeads, headSize: shape.headSize)
        let keys = try Buffer(device: context.device, byteCount: bytes)
        let values = try Buffer(device: context.device, byteCount: bytes)
        let cache = spyre_kv_cache(
            keys: keys.span(), values: values.span(), blocks: Int64(blocks + 1), kv_heads: Int64(shape.kvHeads),
            head_size: Int64(shape.headSize), type: spyre_type(format.code), block_tokens: 0, layout: 0)
        let scales: spyre_kv_scales
        (scales, scaleBuffer) = try format.scales(context)
        try Self.fill(context, cache, scales, shape, table)
        let width = shape.heads * shape.headSize
        let queries = try context.buffer(context.matrix(rows: shape.queries, columns: width, from: Self.queryRow))
        output = try context.output(shape.queries * width)
        let starts = try context.buffer([Int32(0), Int32(shape.queries)])
        let lengths = try context.buffer([Int32(shape.tokens)])
        let tables = try context.buffer(table)
        buffers = [keys, values, queries, starts, lengths, tables]
        desc.scale = Float(Self.scale(shape))
        desc.cache = cache
        desc.scales = scales
        desc.queries = queries.span()
        desc.query_stride = Int64(width)
        desc.output = output.span()
        desc.output_stride = Int64(width)
        desc.heads = Int64(shape.heads)
        desc.rows = spyre_extent_fixed(Int64(shape.queries))
        desc.sequences = spyre_extent_fixed(1)
        desc.query_starts = starts.span()
        desc.context_lengths = lengths.span()
        desc.block_tables = tables.span()
        desc.maximum_blocks = Int64(blocks)
    }

    // Where keys, values and queries begin among the random rows.
    private static let keyRow = 0
    private static let valueRow = 1 << 20
    private static let queryRow = 1 << 21

    private static func scale(_ shape: Shape) -> Double { 1 / Double(shape.headSize).squareRoot() }

    /// Every query row of every head has a product and a sum with each key that it sees, and with each value.
    static func work(_ format: CacheFormat, _ shape: Shape) -> KernelWork {
        let (tokens, queries) = (Double(shape.tokens), Double(shape.queries))
        let visible = queries * (tokens - (queries - 1) / 2)
        let width = shape.heads * shape.headSize
        let blocks = (shape.tokens + 63) / 64
        // The tokens of the last block that do not exist need not be read.
        let bytes = format.bytes(blocks: blocks, kvHeads: shape.kvHeads, headSize: shape.headSize)
        return KernelWork(
            operations: 4 * visible * Double(width),
            traffic: MemoryTraffic(
                read: 2 * bytes * shape.tokens / (64 * blocks) + 4 * shape.queries * width,
                written: 4 * shape.queries * width),
            type: format.type)
    }

    private static func fill(
        _ context: KernelContext, _ cache: spyre_kv_cache, _ scales: spyre_kv_scales, _ shape: Shape,
        _ table: [Int32]
    ) throws {
        let width = shape.kvHeads * shape.headSize
        let chunk = 1024
        for first in stride(from: 0, to: shape.tokens, by: chunk) {
            let rows = min(chunk, shape.tokens - first)
            let keys = try context.buffer(context.matrix(rows: rows, columns: width, from: keyRow + first))
            let values = try context.buffer(context.matrix(rows: rows, columns: width, from: valueRow + first))
            let slots = try context.buffer((first..<first + rows).map { table[$0 / 64] * 64 + Int32($0 % 64) })
            var write = spyre_kv_write_desc()
            write.cache = cache
            write.scales = scales
            write.keys = keys.span()
            write.values = values.span()
            write.stride = Int64(width)
            write.slots = slots.span()
            write.rows = spyre_extent_fixed(Int64(rows))
            try context.run(spyre_stream_kv_write, &write)
        }
    }

    func run() throws { try context.run(spyre_stream_attention, &desc) }

    /// Some heads of some rows, on the keys and values as the cache keeps them.
    func check() throws -> KernelCheck {
        var check = KernelCheck(
            bound: "(exp(2 gamma(D + 4) (2 S + 1) + 2 q S) - 1 + 2 w + 2 gamma(T + 9)) sum p|v|, S the sum of |q k|")
        let width = shape.heads * shape.headSize
        let result = try context.floats(output, count: shape.queries * width)
        check.expectNumbers(result)
        for row in Sample.indices(of: shape.queries, count: 4) {
            let query = context.row(Self.queryRow + row, columns: width)
            for head in Sample.indices(of: shape.heads, count: 2) {
                let start = head * shape.headSize
                let expected = exact(
                    query: Array(query[start..<start + shape.headSize]),
                    visible: shape.tokens - shape.queries + row + 1, kvHead: head / (shape.heads / shape.kvHeads))
                for (index, (value, bound)) in expected.enumerated() {
                    check.compare(result[row * width + start + index], value, within: bound)
                }
            }
        }
        return check
    }

    /// One row of one head in float64, each value with its bound.
    private func exact(query: [Float], visible: Int, kvHead: Int) -> [(Double, Double)] {
        let (size, width) = (shape.headSize, shape.kvHeads * shape.headSize)
        let scale = Self.scale(shape)
        var (scores, sizes) = ([Double](), 0.0)
        scores.reserveCapacity(visible)
        for token in 0..<visible {
            let keys = context.row(Self.keyRow + token, columns: width)
            var (score, magnitude) = (0.0, 0.0)
            for index in 0..<size {
                let product = Double(query[index]) * Double(format.kept(keys[kvHead * size + index])) * scale
                score += product
                magnitude += abs(product)
            }
            scores.append(score)
            sizes = max(sizes, magnitude)
        }
        let top = scores.max() ?? 0
        let powers = scores.map { exp($0 - top) }
        let sum = powers.reduce(0, +)
        var sums = [(value: Double, size: Double)](repeating: (0, 0), count: size)
        for token in 0..<visible {
            let values = context.row(Self.valueRow + token, columns: width)
            for index in 0..<size {
                let product = powers[token] / sum * Double(format.kept(values[kvHead * size + index]))
                sums[index].value += product
                sums[index].size += abs(product)
            }
        }
        let score = 2 * gamma(size + 4) * (2 * sizes + 1) + 2 * format.queryRounding * sizes
        let relative = expm1(score) + 2 * format.weightRounding + 2 * gamma(visible + 9)
        return sums.map { ($0.value, relative * $0.size) }
    }
}
