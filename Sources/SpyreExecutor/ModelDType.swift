/// How weights are held in device memory.
public enum ModelDType: String, Sendable, CaseIterable {
    /// The file's own types: a Q4_1 file stays 4-bit in memory. Two of them have no kernel of their own and are held
    /// in one that has all their values: float16 as float32, Q4_0 as Q4_1. The KV cache is bfloat16.
    case auto
    /// Everything in float32, the KV cache included.
    case float32
    /// Weights and KV cache in bfloat16.
    case bfloat16
}
