/// Names in GGUF files (GGUF specification, "Standardized tensor names").
enum GGUFNames {
    /// Divisors of the rotary frequencies; becomes `RoPEScaling.frequencyFactors`, not a weight.
    static let frequencyFactors = "rope_freqs.weight"

    /// The llama and granite architectures.
    static let llama = SourceNames(
        entries: [
            .embedding: .init("token_embd"),
            .finalNorm: .init("output_norm"),
            .head: .init("output"),
            .attentionNorm: .init("blk.#.attn_norm"),
            .query: .init("blk.#.attn_q"),
            .key: .init("blk.#.attn_k"),
            .value: .init("blk.#.attn_v"),
            .dense: .init("blk.#.attn_output"),
            .feedForwardNorm: .init("blk.#.ffn_norm"),
            .gate: .init("blk.#.ffn_gate"),
            .up: .init("blk.#.ffn_up"),
            .down: .init("blk.#.ffn_down"),
        ],
        ignored: [frequencyFactors, "blk.#.attn_rot_embd"])
}
