/// Names in Hugging Face checkpoints (facts from the state dictionaries of transformers).
enum HuggingFaceNames {
    /// LlamaForCausalLM and GraniteForCausalLM.
    static let llama = SourceNames(
        entries: [
            .embedding: .init("model.embed_tokens"),
            .finalNorm: .init("model.norm"),
            .head: .init("lm_head"),
            .attentionNorm: .init("model.layers.#.input_layernorm"),
            .query: .init("model.layers.#.self_attn.q_proj"),
            .key: .init("model.layers.#.self_attn.k_proj"),
            .value: .init("model.layers.#.self_attn.v_proj"),
            .dense: .init("model.layers.#.self_attn.o_proj"),
            .feedForwardNorm: .init("model.layers.#.post_attention_layernorm"),
            .gate: .init("model.layers.#.mlp.gate_proj"),
            .up: .init("model.layers.#.mlp.up_proj"),
            .down: .init("model.layers.#.mlp.down_proj"),
        ],
        ignored: rotary)

    /// GraniteMoeHybridForCausalLM without experts: the MLP is the "shared" one, gate and up stacked in this order.
    static let graniteMoeHybrid = SourceNames(
        entries: llama.entries.merging([
            .gate: .init("model.layers.#.shared_mlp.input_linear", part: 0, of: 2),
            .up: .init("model.layers.#.shared_mlp.input_linear", part: 1, of: 2),
            .down: .init("model.layers.#.shared_mlp.output_linear"),
        ]) { _, hybrid in hybrid },
        ignored: rotary)

    /// Inverse frequencies, which old versions stored as buffers; they follow from the configuration.
    private static let rotary = ["model.rotary_emb.inv_freq", "model.layers.#.self_attn.rotary_emb.inv_freq"]

    static func names(for architecture: ModelArchitecture) -> SourceNames {
        switch architecture {
        case .llama, .granite: llama
        case .graniteMoeHybrid: graniteMoeHybrid
        }
    }
}
