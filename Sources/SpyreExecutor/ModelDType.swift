import SpyreCheckpoint
import SpyreDevice

/// How weights are held in device memory. `KVCacheDType` is the same of the KV cache, which follows this one by default.
public enum ModelDType: String, Sendable, CaseIterable {
    /// The file's own types, tensor by tensor: a 4-bit file stays 4-bit in memory, and Q5_0 becomes Q8_0 with the same
    /// numbers. Q5_1 and Q5_K have no kernel.
    case auto
    /// Everything in float32.
    case float32
    /// Weights in bfloat16.
    case bfloat16

    /// How the device holds a matrix that a file stores as `type`; nil when it cannot.
    package func storage(of type: ElementType) -> ScalarType? {
        guard type.sourceType != nil else { return nil }
        return switch self {
        case .float32: .float32
        case .bfloat16: .bfloat16
        case .auto: type.ownScalarType
        }
    }
}
