import SpyreCheckpoint
import SpyreDevice

extension ElementType {
    /// The type as which matrices of this one are given to the device, or nil when it cannot pack them.
    var sourceType: SourceType? {
        switch self {
        case .float32: .float32
        case .float16: .float16
        case .bfloat16: .bfloat16
        case .q8_0: .q8_0
        case .q4_0: .q4_0
        case .q4_1: .q4_1
        case .q4_K: .q4_K
        case .q6_K: .q6_K
        case .q5_0: .q5_0
        case .q5_1: .q5_1
        case .q5_K: .q5_K
        default: nil
        }
    }

    /// The type with which the device multiplies matrices whose numbers stay as they are, or nil when it has no kernel.
    var ownScalarType: ScalarType? {
        switch self {
        case .float32: .float32
        case .float16: .float16
        case .bfloat16: .bfloat16
        // The scales and quants of Q5_0 are some of those that Q8_0 can have.
        case .q8_0, .q5_0: .q8_0
        case .q4_0: .q4_0
        case .q4_1: .q4_1
        case .q4_K: .q4_K
        case .q6_K: .q6_K
        default: nil
        }
    }
}
