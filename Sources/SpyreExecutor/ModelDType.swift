import SpyreCheckpoint
import SpyreDevice

/// How weights are held in device memory.
public enum ModelDType: String, Sendable, CaseIterable {
    /// The file's own types, tensor by tensor: a 4-bit file stays 4-bit in memory. The KV cache is bfloat16.
    case auto
    /// Everything in float32, the KV cache included.
    case float32
    /// Weights and KV cache in bfloat16.
    case bfloat16

    /// How the device holds a matrix that a file stores as `type`; nil when it has no kernel for it.
    package func storage(of type: ElementType) -> ScalarType? {
        switch self {
        case .float32: .float32
        case .bfloat16: .bfloat16
        case .auto: type.ownScalarType
        }
    }
}
