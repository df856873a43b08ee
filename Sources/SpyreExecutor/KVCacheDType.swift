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

    package func scalarType(for dtype: ModelDType) -> ScalarType {
        switch self {
        case .auto: dtype == .float32 ? .float32 : .bfloat16
        case .float32: .float32
        case .bfloat16: .bfloat16
        case .float16: .float16
        }
    }
}
