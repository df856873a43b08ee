/// Reads the metadata of a GGUF file of a supported architecture into a `ModelConfiguration`.
///
/// Keys are those of the GGUF specification; what is not in the metadata (biases, a tied head, the vocabulary's size)
/// follows from the tensors.
struct GGUFConfiguration {
    let metadata: GGUFMetadata
    let tensors: [String: CheckpointTensor]
    let architecture: ModelArchitecture
    private let file: String

    static let supportedArchitectures = ["llama", "granite"]

    init(metadata: GGUFMetadata, tensors: [CheckpointTensor]) throws(CheckpointError) {
        self.metadata = metadata
        file = metadata.file.path
        self.tensors = Dictionary(tensors.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        guard let name = try metadata.string("general.architecture") else {
            throw .missingField(file: file, field: "general.architecture")
        }
        guard Self.supportedArchitectures.contains(name), let architecture = ModelArchitecture(rawValue: name) else {
            throw .unsupportedModel(file: file, model: name, supported: Self.supportedArchitectures)
        }
        self.architecture = architecture
    }

    /// - Parameter frequencyFactors: the content of rope_freqs.weight, if the file has it.
    func read(frequencyFactors: [Float]?) throws(CheckpointError) -> ModelConfiguration {
        try checkFeatures()
        let fields = ConfigurationFields(file: file)
        let hiddenSize = try required("embedding_length", in: Limits.width)
        let headCount = try required("attention.head_count", in: Limits.heads)
        let kvHeadCount = try integer("attention.head_count_kv", in: Limits.heads) ?? headCount
        let headSize = try fields.checkHeads(
            hiddenSize: hiddenSize, headCount: headCount, kvHeadCount: kvHeadCount,
            headSize: integer("attention.key_length", in: Limits.headSize))
        try checkHeadSizes(headSize)
        let vocabularySize = try vocabularySize()
        let multipliers = try multipliers()

        return ModelConfiguration(
            architecture: architecture,
            name: try metadata.string("general.name"),
            vocabularySize: vocabularySize,
            hiddenSize: hiddenSize,
            intermediateSize: try required("feed_forward_length", in: Limits.width),
            layerCount: try required("block_count", in: Limits.layers),
            headCount: headCount,
            kvHeadCount: kvHeadCount,
            headSize: headSize,
            normEpsilon: try requiredNumber("attention.layer_norm_rms_epsilon", in: ConfigurationFields.normEpsilon),
            ropeTheta: try number("rope.freq_base", in: ConfigurationFields.ropeTheta) ?? 10_000,
            ropeScaling: try frequencyFactors.map { factors throws(CheckpointError) in
                try scaling(factors, headSize: headSize)
            },
            ropeLayout: .interleaved,
            maximumPositions: try required("context_length", in: Limits.positions),
            attentionBias: tensors["blk.0.attn_q.bias"] != nil,
            attentionOutputBias: tensors["blk.0.attn_output.bias"] != nil,
            mlpBias: tensors["blk.0.ffn_down.bias"] != nil,
            tiedEmbeddings: tensors["output.weight"] == nil,
            embeddingMultiplier: multipliers.embedding,
            attentionMultiplier: multipliers.attention,
            residualMultiplier: multipliers.residual,
            logitsDivisor: multipliers.logits,
            bosTokenID: try token("bos_token_id", vocabularySize),
            eosTokenIDs: try endTokens(vocabularySize),
            padTokenID: try token("padding_token_id", vocabularySize))
    }

    // MARK: Parts

    private func vocabularySize() throws(CheckpointError) -> Int {
        let tokens = try metadata.arrayCount(of: "tokenizer.ggml.tokens").map { count throws(CheckpointError) in
            try ConfigurationFields(file: file).bounded(count, "tokenizer.ggml.tokens", in: Limits.vocabulary)
        }
        let rows = try tensors["token_embd.weight"]?.shape.first.map { count throws(CheckpointError) in
            try ConfigurationFields(file: file).bounded(count, "rows of token_embd.weight", in: Limits.vocabulary)
        }
        guard let size = try integer("vocab_size", in: Limits.vocabulary) ?? rows ?? tokens else {
            throw .missingField(file: file, field: key("vocab_size"))
        }
        if let tokens, tokens > size {
            throw .inconsistentFields(
                file: file, reason: "tokenizer.ggml.tokens has \(tokens) tokens, the vocabulary size is \(size)")
        }
        return size
    }

    private func multipliers() throws(CheckpointError) -> (
        embedding: Float, attention: Float?, residual: Float, logits: Float
    ) {
        guard architecture != .llama else { return (1, nil, 1, 1) }
        let bounds = ConfigurationFields.multiplier
        return (
            Float(try number("embedding_scale", in: bounds) ?? 1),
            try number("attention.scale", in: bounds).map { Float($0) },
            Float(try number("residual_scale", in: bounds) ?? 1),
            try requiredNumber("logit_scale", in: bounds)
        )
    }

    private func scaling(_ factors: [Float], headSize: Int) throws(CheckpointError) -> RoPEScaling {
        guard factors.count == headSize / 2 else {
            throw .wrongShape(
                file: file, tensor: GGUFNames.frequencyFactors, found: [factors.count], expected: [headSize / 2])
        }
        if let factor = factors.first(where: { !($0 > 1e-9 && $0 < 1e9) }) {
            throw .fieldOutOfRange(
                file: file, field: GGUFNames.frequencyFactors, value: "\(factor)", allowed: "positive and finite")
        }
        return .frequencyFactors(factors)
    }

    private func token(_ name: String, _ vocabularySize: Int) throws(CheckpointError) -> Int? {
        let key = "tokenizer.ggml." + name
        return try ConfigurationFields(file: file).token(
            metadata.integer(key), key, vocabularySize: vocabularySize)
    }

    /// End of sequence, of turn and of message: each of them ends a generation.
    private func endTokens(_ vocabularySize: Int) throws(CheckpointError) -> [Int] {
        var tokens: [Int] = []
        for name in ["eos_token_id", "eot_token_id", "eom_token_id"] {
            if let token = try token(name, vocabularySize), !tokens.contains(token) { tokens.append(token) }
        }
        return tokens
    }

    // MARK: Fields

    func key(_ name: String) -> String { architecture.rawValue + "." + name }

    /// An integer, or an array (one element a layer) whose elements are all equal.
    func integer(_ name: String, in range: ClosedRange<Int>) throws(CheckpointError) -> Int? {
        let key = key(name)
        guard metadata.type(of: key) == .array else {
            return try metadata.integer(key).map { value throws(CheckpointError) in
                try ConfigurationFields(file: file).bounded(value, key, in: range)
            }
        }
        guard metadata.arrayCount(of: key) ?? 0 <= Limits.layers.upperBound,
            let values = try metadata.integers(key), let first = values.first
        else { throw .wrongFieldType(file: file, field: key, expected: "an integer") }
        guard values.allSatisfy({ $0 == first }) else {
            throw .unsupportedFeature(
                file: file, field: key, found: "different from layer to layer", supported: "one value for all layers")
        }
        return try ConfigurationFields(file: file).bounded(first, key, in: range)
    }

    private func required(_ name: String, in range: ClosedRange<Int>) throws(CheckpointError) -> Int {
        guard let value = try integer(name, in: range) else { throw .missingField(file: file, field: key(name)) }
        return value
    }

    func number(_ name: String, in range: ClosedRange<Double>) throws(CheckpointError) -> Double? {
        let key = key(name)
        return try metadata.number(key).map { value throws(CheckpointError) in
            try ConfigurationFields(file: file).bounded(value, key, in: range)
        }
    }

    private func requiredNumber(_ name: String, in range: ClosedRange<Double>) throws(CheckpointError) -> Float {
        guard let value = try number(name, in: range) else { throw .missingField(file: file, field: key(name)) }
        return Float(value)
    }
}
