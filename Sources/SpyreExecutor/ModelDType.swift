/// How weights are held in device memory.
public enum ModelDType: String, Sendable, CaseIterable {
    /// The file's own types: a Q4_1 file stays 4-bit in memory. The KV cache is bfloat16.
    case auto
    /// Everything in float32, the KV cache included.
    case float32
    /// Weights and KV cache in bfloat16.
    case bfloat16
}
