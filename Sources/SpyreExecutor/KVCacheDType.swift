import SpyreDevice

/// How keys and values are held in the KV cache.
public enum KVCacheDType: String, Sendable, CaseIterable {
    /// float32 with weights in float32, else bfloat16.
    case auto
    case float32
    /// Half the bytes of float32. Queries and attention weights are rounded too, so that attention runs at the
    /// processor's bfloat16 speed.
    case bfloat16
    /// Half the bytes of float32, with eight times the precision of bfloat16 and arithmetic in float32. Keys and values
    /// past 65,504 become infinite.
    case float16
    /// A quarter of the bytes of float32: OCP FP8 E4M3 with 3 bits of fraction, up to 448; what is larger becomes 448.
    /// Queries and attention weights are rounded to bfloat16.
    case fp8_e4m3
    /// As many bytes, signed, with a scale for the keys and one for the values of each KV head of each layer, found when the
    /// model is loaded: see `KVCacheCalibration`.
    case int8

    package func scalarType(for dtype: ModelDType) -> ScalarType {
        switch self {
        case .auto: dtype == .float32 ? .float32 : .bfloat16
        case .float32: .float32
        case .bfloat16: .bfloat16
        case .float16: .float16
        case .fp8_e4m3: .float8E4M3
        case .int8: .int8
        }
    }
}
