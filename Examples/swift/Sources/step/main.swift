// One step on a Spyre device, from Swift: matrix products, an RMSNorm, and attention over a paged KV cache.
// Inputs and output are those of ../../../README.md.
import CSpyreKernels

let rows = 4
let columns = 64
let outputs = 96

/// A value for each index.
func values(_ count: Int, _ value: (Int) -> Int) -> [Float] { (0..<count).map { Float(value($0)) } }

func inputs() -> [Float] { values(rows * columns) { i in (i * 5 + i / 7) % 9 - 4 } }
func weights() -> [Float] { values(outputs * columns) { i in (i * 3 + i / 11) % 7 - 3 } }

/// y = x W^T, with the weight packed once into panels.
func matmul(_ work: Work) throws(SpyreFailure) -> [Float] {
    var desc = spyre_matmul_desc()
    desc.weight_type = spyre_type(SPYRE_TYPE_BF16)
    desc.weight = try work.pack(weights(), outputs: Int64(outputs), columns: Int64(columns))
    desc.outputs = Int64(outputs)
    desc.output_stride = Int64(outputs)
    desc.columns = Int64(columns)
    desc.input_stride = Int64(columns)
    desc.rows = spyre_extent_fixed(Int64(rows))
    desc.input = try work.upload(inputs())
    desc.output = try work.reserve(UInt64(rows * outputs * 4))
    desc.scale = 1
    try work.enqueue(desc, \.struct_size, spyre_stream_matmul)
    return try work.download(desc.output, count: rows * outputs)
}

/// y = x W^T / 2, of two plain matrices.
func gemm(_ work: Work) throws(SpyreFailure) -> [Float] {
    var desc = spyre_gemm_desc()
    desc.order = spyre_gemm_order(SPYRE_GEMM_ROW_MAJOR)
    desc.transpose_b = spyre_gemm_transpose(SPYRE_GEMM_TRANSPOSE)
    desc.m = Int64(rows)
    desc.n = Int64(outputs)
    desc.k = Int64(columns)
    desc.alpha = 0.5
    desc.a = try work.upload(inputs())
    desc.lda = Int64(columns)
    desc.b = try work.upload(weights())
    desc.ldb = Int64(columns)
    desc.c = try work.reserve(UInt64(rows * outputs * 4))
    desc.ldc = Int64(outputs)
    try work.enqueue(desc, \.struct_size, spyre_stream_gemm)
    return try work.download(desc.c, count: rows * outputs)
}

func rmsNorm(_ work: Work) throws(SpyreFailure) -> [Float] {
    var desc = spyre_rms_norm_desc()
    // Five ones and three threes in every eight values: a mean square of 4.
    desc.input = try work.upload(values(rows * columns) { i in (i % 8 < 5 ? 1 : 3) * (i % 3 == 0 ? -1 : 1) })
    desc.weight = try work.upload(values(columns) { i in i % 5 + 1 })
    desc.output = try work.reserve(UInt64(rows * columns * 4))
    desc.columns = Int64(columns)
    desc.stride = Int64(columns)
    desc.rows = spyre_extent_fixed(Int64(rows))
    try work.enqueue(desc, \.struct_size, spyre_stream_rms_norm)
    return try work.download(desc.output, count: rows * columns)
}

/// Writes the keys and values of both sequences to the cache, then lets one query token of each attend.
func attention(_ work: Work) throws(SpyreFailure) -> [Float] {
    let (heads, kvHeads, headSize, blocks) = (4, 2, 32, 6)
    let blockTokens = Int(SPYRE_KV_BLOCK_TOKENS)
    let lengths = [100, 40]
    // Blocks need not be in order; block 0 pads the shorter table.
    let tables = [[3, 1], [5, 0]]
    var slots: [Int32] = []
    var keys: [Float] = []
    var vectors: [Float] = []
    for (length, table) in zip(lengths, tables) {
        for token in 0..<length {
            slots.append(Int32(table[token / blockTokens] * blockTokens + token % blockTokens))
            for head in 0..<kvHeads {
                for d in 0..<headSize {
                    keys.append(token % 25 == head ? 1 : 0)
                    vectors.append(Float((token * 3 + head + d) % 7 + 1))
                }
            }
        }
    }

    var cache = spyre_kv_cache()
    cache.blocks = Int64(blocks)
    cache.kv_heads = Int64(kvHeads)
    cache.head_size = Int64(headSize)
    cache.type = spyre_type(SPYRE_TYPE_BF16)
    let cacheBytes = spyre_kv_cache_bytes(cache.type, cache.blocks, cache.kv_heads, cache.head_size)
    cache.keys = try work.reserve(cacheBytes)
    cache.values = try work.reserve(cacheBytes)
    var write = spyre_kv_write_desc()
    write.cache = cache
    write.keys = try work.upload(keys)
    write.values = try work.upload(vectors)
    write.stride = Int64(kvHeads * headSize)
    write.slots = try work.upload(slots)
    write.rows = spyre_extent_fixed(Int64(slots.count))
    try work.enqueue(write, \.struct_size, spyre_stream_kv_write)

    let count = lengths.count * heads * headSize
    var desc = spyre_attention_desc()
    desc.scale = 0.25
    desc.cache = cache
    desc.queries = try work.upload([Float](repeating: 16, count: count))
    desc.output = try work.reserve(UInt64(count * 4))
    desc.query_stride = Int64(heads * headSize)
    desc.output_stride = Int64(heads * headSize)
    desc.heads = Int64(heads)
    desc.rows = spyre_extent_fixed(Int64(lengths.count))
    desc.sequences = desc.rows
    desc.query_starts = try work.upload([0, 1, 2] as [Int32])
    desc.context_lengths = try work.upload(lengths.map { Int32($0) })
    desc.block_tables = try work.upload(tables.flatMap { $0.map { Int32($0) } })
    desc.maximum_blocks = 2
    try work.enqueue(desc, \.struct_size, spyre_stream_attention)
    return try work.download(desc.output, count: count)
}

/// FNV-1a, 64 bits, over the bytes of the results (Fowler, Noll and Vo; draft-eastlake-fnv).
func checksum(_ values: [Float]) -> String {
    let hash = values.withUnsafeBytes { bytes in
        bytes.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
}

let work = try Work()
print("matmul", checksum(try matmul(work)))
print("gemm", checksum(try gemm(work)))
print("rms_norm", checksum(try rmsNorm(work)))
print("attention", checksum(try attention(work)))
