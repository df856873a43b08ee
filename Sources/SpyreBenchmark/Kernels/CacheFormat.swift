import CSpyreKernels
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
}
