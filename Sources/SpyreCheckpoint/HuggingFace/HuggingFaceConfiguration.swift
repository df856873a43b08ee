/// Reads config.json (and generation_config.json) of the supported families into a `ModelConfiguration`.
///
/// Defaults are those of the configuration classes of transformers 5. A setting that would change the result and is
/// not implemented is an error, never ignored.
struct HuggingFaceConfiguration {
    let config: HuggingFaceObject
    let architecture: ModelArchitecture

    static let supportedTypes = ModelArchitecture.allCases.map(\.rawValue)

    init(_ config: HuggingFaceObject) throws(CheckpointError) {
        self.config = config
        guard let type = try config.string("model_type") else { throw config.missing("model_type") }
        guard let architecture = ModelArchitecture(rawValue: type) else {
            throw .unsupportedModel(file: config.file, model: type, supported: Self.supportedTypes)
        }
        self.architecture = architecture
        if let first = try config.strings("architectures")?.first, !first.hasSuffix("ForCausalLM") {
            throw config.unsupported("architectures", first, supported: "…ForCausalLM")
        }
    }

    /// - Parameters:
    ///   - generation: generation_config.json, whose end tokens go before those of config.json.
    ///   - name: used when the configuration does not name the model.
    func read(generation: HuggingFaceObject?, name: String?) throws(CheckpointError) -> ModelConfiguration {
        try checkFeatures()
        let fields = ConfigurationFields(file: config.file)
        let vocabularySize = try config.required("vocab_size", in: Limits.vocabulary)
        let hiddenSize = try config.required("hidden_size", in: Limits.width)
        let layerCount = try config.required("num_hidden_layers", in: Limits.layers)
        let headCount = try config.required("num_attention_heads", in: Limits.heads)
        let kvHeadCount = try config.integer("num_key_value_heads", in: Limits.heads) ?? headCount
        let headSize = try fields.checkHeads(
            hiddenSize: hiddenSize, headCount: headCount, kvHeadCount: kvHeadCount,
            headSize: config.integer("head_dim", in: Limits.headSize))
        try checkLayers(layerCount)
        let rope = try HuggingFaceRoPE(config)
        let attentionBias = try config.bool("attention_bias") ?? false
        let multipliers = try multipliers(headSize: headSize)

        return ModelConfiguration(
            architecture: architecture,
            name: try config.string("_name_or_path").flatMap { $0.isEmpty ? nil : $0 } ?? name,
            vocabularySize: vocabularySize,
            hiddenSize: hiddenSize,
            intermediateSize: try intermediateSize(),
            layerCount: layerCount,
            headCount: headCount,
            kvHeadCount: kvHeadCount,
            headSize: headSize,
            normEpsilon: Float(try config.number("rms_norm_eps", in: ConfigurationFields.normEpsilon) ?? 1e-6),
            ropeTheta: rope.theta,
            ropeScaling: rope.scaling,
            ropeLayout: .halfSplit,
            maximumPositions: try config.integer("max_position_embeddings", in: Limits.positions) ?? 2048,
            attentionBias: attentionBias,
            attentionOutputBias: attentionBias,
            mlpBias: architecture == .graniteMoeHybrid ? false : try config.bool("mlp_bias") ?? false,
            tiedEmbeddings: try config.bool("tie_word_embeddings") ?? false,
            embeddingMultiplier: multipliers.embedding,
            attentionMultiplier: multipliers.attention,
            residualMultiplier: multipliers.residual,
            logitsDivisor: multipliers.logits,
            bosTokenID: try fields.token(
                config.integer("bos_token_id") ?? defaultToken("bos_token_id", 1, vocabularySize),
                "bos_token_id", vocabularySize: vocabularySize),
            eosTokenIDs: try endTokens(generation: generation, vocabularySize: vocabularySize),
            padTokenID: try padToken(vocabularySize: vocabularySize))
    }

    private func intermediateSize() throws(CheckpointError) -> Int {
        // The hybrid family's dense MLP is its "shared expert", which has a size of its own.
        guard architecture == .graniteMoeHybrid else {
            return try config.required("intermediate_size", in: Limits.width)
        }
        return try config.integer("shared_intermediate_size", in: Limits.width) ?? 1024
    }

    private func multipliers(
        headSize: Int
    ) throws(CheckpointError) -> (embedding: Float, attention: Float?, residual: Float, logits: Float) {
        guard architecture != .llama else { return (1, nil, 1, 1) }
        let bounds = ConfigurationFields.multiplier
        return (
            Float(try config.number("embedding_multiplier", in: bounds) ?? 1),
            Float(try config.number("attention_multiplier", in: bounds) ?? 1),
            Float(try config.number("residual_multiplier", in: bounds) ?? 1),
            Float(try config.number("logits_scaling", in: bounds) ?? 1)
        )
    }

    private func endTokens(
        generation: HuggingFaceObject?, vocabularySize: Int
    ) throws(CheckpointError) -> [Int] {
        if let generation, let tokens = try Self.tokens(generation, vocabularySize: vocabularySize) { return tokens }
        if let tokens = try Self.tokens(config, vocabularySize: vocabularySize) { return tokens }
        return defaultToken("eos_token_id", 2, vocabularySize).map { [$0] } ?? []
    }

    /// The default of an absent field; a field that is null has none.
    private func defaultToken(_ field: String, _ token: Int, _ vocabularySize: Int) -> Int? {
        config.members[field] == nil && token < vocabularySize ? token : nil
    }

    /// eos_token_id is an integer or an array of integers.
    private static func tokens(
        _ object: HuggingFaceObject, vocabularySize: Int
    ) throws(CheckpointError) -> [Int]? {
        let field = "eos_token_id"
        let elements: [JSONValue]
        switch object.value(field) {
        case nil: return nil
        case .integer(let token): elements = [.integer(token)]
        case .array(let values): elements = values
        default: throw object.wrongType(field, "an integer or an array of integers")
        }
        guard elements.count <= Limits.endTokens else {
            throw .fieldOutOfRange(
                file: object.file, field: field, value: "\(elements.count) tokens",
                allowed: "at most \(Limits.endTokens)")
        }
        var tokens: [Int] = []
        for element in elements {
            guard case .integer(let token) = element else {
                throw object.wrongType(field, "an integer or an array of integers")
            }
            let bounded = try ConfigurationFields(file: object.file).bounded(token, field, in: 0...(vocabularySize - 1))
            if !tokens.contains(bounded) { tokens.append(bounded) }
        }
        return tokens
    }

    /// Older LLaMA configurations write -1 for "none".
    private func padToken(vocabularySize: Int) throws(CheckpointError) -> Int? {
        guard let token = try config.integer("pad_token_id"), token != -1 else { return nil }
        return try ConfigurationFields(file: config.file).token(token, "pad_token_id", vocabularySize: vocabularySize)
    }
}
