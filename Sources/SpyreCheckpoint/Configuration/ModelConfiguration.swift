/// What a model computes, in one form for every source (config.json, GGUF metadata).
///
/// Values that come out of `Checkpoint.open` are within the bounds of `Limits` and agree with each other; products of
/// any two sizes fit in `Int`.
public struct ModelConfiguration: Sendable, Equatable {
    public var architecture: ModelArchitecture
    /// The model's own name, for people.
    public var name: String?

    /// Rows of the embedding and of the head.
    public var vocabularySize: Int
    /// Width of the residual stream.
    public var hiddenSize: Int
    /// Width of the gated MLP.
    public var intermediateSize: Int
    public var layerCount: Int
    /// Query heads.
    public var headCount: Int
    /// Key/value heads; divides `headCount`.
    public var kvHeadCount: Int
    /// Elements per head; even. `headCount * headSize` may differ from `hiddenSize`.
    public var headSize: Int

    /// Added to the mean square inside the root of RMSNorm.
    public var normEpsilon: Float
    /// Base of the rotary frequencies.
    public var ropeTheta: Double
    public var ropeScaling: RoPEScaling?
    /// Layout of the rows of the query and key weights in this checkpoint.
    public var ropeLayout: RoPELayout
    /// Positions that the model was made for.
    public var maximumPositions: Int

    /// Biases on query, key and value.
    public var attentionBias: Bool
    /// Bias on the attention output.
    public var attentionOutputBias: Bool
    /// Biases on gate, up and down.
    public var mlpBias: Bool
    /// The head is the embedding; there is no `head.weight`.
    public var tiedEmbeddings: Bool

    /// Multiplies the embedding of every token. 1 in LLaMA.
    public var embeddingMultiplier: Float
    /// Scale of attention scores, in place of 1 / sqrt(headSize).
    public var attentionMultiplier: Float
    /// Multiplies both branches before they are added to the residual stream. 1 in LLaMA.
    public var residualMultiplier: Float
    /// Divides the logits. 1 in LLaMA.
    public var logitsDivisor: Float

    public var bosTokenID: Int?
    /// Tokens that end a generation, without duplicates.
    public var eosTokenIDs: [Int]
    public var padTokenID: Int?

    /// - Parameters:
    ///   - kvHeadCount: nil means `headCount`.
    ///   - headSize: nil means `hiddenSize / headCount`.
    ///   - attentionMultiplier: nil means 1 / sqrt(headSize).
    public init(
        architecture: ModelArchitecture = .llama,
        name: String? = nil,
        vocabularySize: Int,
        hiddenSize: Int,
        intermediateSize: Int,
        layerCount: Int,
        headCount: Int,
        kvHeadCount: Int? = nil,
        headSize: Int? = nil,
        normEpsilon: Float = 1e-5,
        ropeTheta: Double = 10_000,
        ropeScaling: RoPEScaling? = nil,
        ropeLayout: RoPELayout = .halfSplit,
        maximumPositions: Int = 2048,
        attentionBias: Bool = false,
        attentionOutputBias: Bool = false,
        mlpBias: Bool = false,
        tiedEmbeddings: Bool = false,
        embeddingMultiplier: Float = 1,
        attentionMultiplier: Float? = nil,
        residualMultiplier: Float = 1,
        logitsDivisor: Float = 1,
        bosTokenID: Int? = nil,
        eosTokenIDs: [Int] = [],
        padTokenID: Int? = nil
    ) {
        let headSize = headSize ?? hiddenSize / max(headCount, 1)
        self.architecture = architecture
        self.name = name
        self.vocabularySize = vocabularySize
        self.hiddenSize = hiddenSize
        self.intermediateSize = intermediateSize
        self.layerCount = layerCount
        self.headCount = headCount
        self.kvHeadCount = kvHeadCount ?? headCount
        self.headSize = headSize
        self.normEpsilon = normEpsilon
        self.ropeTheta = ropeTheta
        self.ropeScaling = ropeScaling
        self.ropeLayout = ropeLayout
        self.maximumPositions = maximumPositions
        self.attentionBias = attentionBias
        self.attentionOutputBias = attentionOutputBias
        self.mlpBias = mlpBias
        self.tiedEmbeddings = tiedEmbeddings
        self.embeddingMultiplier = embeddingMultiplier
        self.attentionMultiplier = attentionMultiplier ?? Float(1 / Double(max(headSize, 1)).squareRoot())
        self.residualMultiplier = residualMultiplier
        self.logitsDivisor = logitsDivisor
        self.bosTokenID = bosTokenID
        self.eosTokenIDs = eosTokenIDs
        self.padTokenID = padTokenID
    }
}
