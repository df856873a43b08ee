import CSpyreKernels

/// Element types that weights may have in host memory before they are packed. The device holds none with five bits a
/// weight: `q5_0` is packed as Q8_0, which has the same numbers, and all three as float32 or bfloat16.
public enum SourceType: Sendable, Hashable, CaseIterable {
    case float32, float16, bfloat16, q8_0, q4_0, q4_1, q4_K, q6_K, q5_0, q5_1, q5_K

    /// The ABI's number for the type.
    public var code: spyre_type {
        switch self {
        case .float32: spyre_type(SPYRE_TYPE_F32)
        case .float16: spyre_type(SPYRE_TYPE_F16)
        case .bfloat16: spyre_type(SPYRE_TYPE_BF16)
        case .q8_0: spyre_type(SPYRE_TYPE_Q8_0)
        case .q4_0: spyre_type(SPYRE_TYPE_Q4_0)
        case .q4_1: spyre_type(SPYRE_TYPE_Q4_1)
        case .q4_K: spyre_type(SPYRE_TYPE_Q4_K)
        case .q6_K: spyre_type(SPYRE_TYPE_Q6_K)
        case .q5_0: spyre_type(SPYRE_TYPE_Q5_0)
        case .q5_1: spyre_type(SPYRE_TYPE_Q5_1)
        case .q5_K: spyre_type(SPYRE_TYPE_Q5_K)
        }
    }
}
