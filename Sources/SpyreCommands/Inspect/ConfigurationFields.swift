import SpyreCheckpoint

/// A model's configuration as named values, in the order in which they are shown.
struct ConfigurationFields {
    let fields: [(name: String, value: ConfigurationValue)]

    init(_ configuration: ModelConfiguration) {
        let c = configuration
        fields = [
            ("architecture", .text(c.architecture.rawValue)), ("name", .optional(c.name.map(ConfigurationValue.text))),
            ("vocabulary_size", .integer(c.vocabularySize)), ("hidden_size", .integer(c.hiddenSize)),
            ("intermediate_size", .integer(c.intermediateSize)), ("layers", .integer(c.layerCount)),
            ("heads", .integer(c.headCount)), ("kv_heads", .integer(c.kvHeadCount)),
            ("head_size", .integer(c.headSize)), ("maximum_positions", .integer(c.maximumPositions)),
            ("norm_epsilon", .number(Self.exact(c.normEpsilon))), ("rope_theta", .number(c.ropeTheta)),
            ("rope_scaling", .optional(c.ropeScaling.map { .text(Self.description($0)) })),
            ("rope_layout", .text(c.ropeLayout.rawValue)), ("attention_bias", .flag(c.attentionBias)),
            ("attention_output_bias", .flag(c.attentionOutputBias)), ("mlp_bias", .flag(c.mlpBias)),
            ("tied_embeddings", .flag(c.tiedEmbeddings)),
            ("embedding_multiplier", .number(Self.exact(c.embeddingMultiplier))),
            ("attention_multiplier", .number(Self.exact(c.attentionMultiplier))),
            ("residual_multiplier", .number(Self.exact(c.residualMultiplier))),
            ("logits_divisor", .number(Self.exact(c.logitsDivisor))),
            ("bos_token_id", .optional(c.bosTokenID.map(ConfigurationValue.integer))),
            ("eos_token_ids", .integers(c.eosTokenIDs)),
            ("pad_token_id", .optional(c.padTokenID.map(ConfigurationValue.integer))),
        ]
    }

    /// The double that prints like the float: 1e-05 and not 9.999999747e-06.
    private static func exact(_ value: Float) -> Double { Double("\(value)") ?? Double(value) }

    private static func description(_ scaling: RoPEScaling) -> String {
        switch scaling {
        case .llama3(let factor, let low, let high, let original):
            "llama3: factor \(factor), low \(low), high \(high), original context \(original)"
        case .frequencyFactors(let factors): "\(factors.count) frequency factors"
        }
    }
}
