/// One kind of weight of the decoder block or of its frame, with IBM FMS's name for it.
enum ModelWeight: CaseIterable, Hashable {
    case embedding, finalNorm, head
    case attentionNorm, query, key, value, dense
    case feedForwardNorm, gate, up, down

    /// FMS's name without ".weight" or ".bias"; "#" stands for the layer.
    var canonicalPattern: String {
        switch self {
        case .embedding: "base_model.embedding"
        case .finalNorm: "base_model.dec_norm"
        case .head: "head"
        case .attentionNorm: "base_model.layers.#.ln"
        case .query: "base_model.layers.#.attn.in_proj.query"
        case .key: "base_model.layers.#.attn.in_proj.key"
        case .value: "base_model.layers.#.attn.in_proj.value"
        case .dense: "base_model.layers.#.attn.dense"
        case .feedForwardNorm: "base_model.layers.#.ff_ln"
        case .gate: "base_model.layers.#.ff_sub_layer.wg"
        case .up: "base_model.layers.#.ff_sub_layer.w1"
        case .down: "base_model.layers.#.ff_sub_layer.w2"
        }
    }

    static let frame: [ModelWeight] = [.embedding, .finalNorm, .head]
    static let layer: [ModelWeight] = [
        .attentionNorm, .query, .key, .value, .dense, .feedForwardNorm, .gate, .up, .down,
    ]

    /// Shape of the weight: [out, in] for a Linear, [width] for a norm.
    func shape(_ configuration: ModelConfiguration) -> [Int] {
        let hidden = configuration.hiddenSize
        let inner = configuration.intermediateSize
        let queryWidth = configuration.headCount * configuration.headSize
        let keyWidth = configuration.kvHeadCount * configuration.headSize
        return switch self {
        case .embedding, .head: [configuration.vocabularySize, hidden]
        case .finalNorm, .attentionNorm, .feedForwardNorm: [hidden]
        case .query: [queryWidth, hidden]
        case .key, .value: [keyWidth, hidden]
        case .dense: [hidden, queryWidth]
        case .gate, .up: [inner, hidden]
        case .down: [hidden, inner]
        }
    }

    /// Whether the configuration gives this weight a bias, of the length of the weight's rows.
    func hasBias(_ configuration: ModelConfiguration) -> Bool {
        switch self {
        case .query, .key, .value: configuration.attentionBias
        case .dense: configuration.attentionOutputBias
        case .gate, .up, .down: configuration.mlpBias
        case .embedding, .finalNorm, .head, .attentionNorm, .feedForwardNorm: false
        }
    }
}
