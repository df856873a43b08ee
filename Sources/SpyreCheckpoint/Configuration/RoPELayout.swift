/// Which elements of a head are rotated together.
public enum RoPELayout: String, Sendable, CaseIterable {
    /// Pairs (2j, 2j + 1): GGUF files of the llama and granite architectures, IBM FMS.
    case interleaved
    /// Pairs (j, j + headSize / 2): Hugging Face checkpoints.
    case halfSplit
}
