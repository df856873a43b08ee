import CSpyreKernels

/// Element types of device memory. All but `int8` and `float8E4M3` are those of files, and are held as they are; `int8` has
/// one float32 scale for each output feature of a weight. `float8E4M3` is of KV caches alone (OCP 8-bit Floating Point
/// Specification, rev. 1.0). In a KV cache both have a scale for each KV head, or 1.
public enum ScalarType: Sendable, Hashable, CaseIterable, CustomStringConvertible {
    case float32, float16, bfloat16, float8E4M3, int8, q8_0, q4_0, q4_1, q4_K, q6_K

    /// The ABI's number for the type.
    public var code: spyre_type {
        switch self {
        case .float32: spyre_type(SPYRE_TYPE_F32)
        case .float16: spyre_type(SPYRE_TYPE_F16)
        case .bfloat16: spyre_type(SPYRE_TYPE_BF16)
        case .float8E4M3: spyre_type(SPYRE_TYPE_F8_E4M3)
        case .int8: spyre_type(SPYRE_TYPE_I8)
        case .q8_0: spyre_type(SPYRE_TYPE_Q8_0)
        case .q4_0: spyre_type(SPYRE_TYPE_Q4_0)
        case .q4_1: spyre_type(SPYRE_TYPE_Q4_1)
        case .q4_K: spyre_type(SPYRE_TYPE_Q4_K)
        case .q6_K: spyre_type(SPYRE_TYPE_Q6_K)
        }
    }

    public var description: String { String(cString: spyre_type_name(code)) }

    /// Bytes of a packed weight image `[outputs][columns]`; nil when the type cannot hold that shape.
    public func weightByteCount(outputs: Int, columns: Int) -> Int? {
        let bytes = spyre_weight_bytes(code, Int64(outputs), Int64(columns))
        return bytes == 0 ? nil : Int(exactly: bytes)
    }

    /// Bytes of one layer's keys, or values; nil when the type is no KV type or a size is out of range.
    public func kvCacheByteCount(blocks: Int, kvHeads: Int, headSize: Int) -> Int? {
        let bytes = spyre_kv_cache_bytes(code, Int64(blocks), Int64(kvHeads), Int64(headSize))
        return bytes == 0 ? nil : Int(exactly: bytes)
    }
}
