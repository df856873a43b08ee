/// How the tokens of one request are chosen, when generation stops and what is reported about it.
///
/// Fields, defaults and meaning are those of vLLM's `SamplingParams`; the JSON names are vLLM's snake_case names.
/// A value of this type may hold anything: call ``validate(vocabularySize:maximumModelLength:limits:)`` before it is
/// used. Nothing else in this module checks ranges again.
public struct SamplingParams: Sendable, Equatable {
    /// How many sequences are generated for the prompt (1 ... 16 by default).
    public var n: Int = 1

    /// Divides the logits, 0 ... 2. Below 1e-5 the most likely token is taken (greedy) and `topP`, `topK` and `minP`
    /// have no effect; between that and 0.01 the value 0.01 is used, as vLLM does (``effectiveTemperature``).
    public var temperature: Double = 1

    /// Keeps the most likely tokens until their probabilities reach this sum, in (0, 1]. 1 keeps all.
    public var topP: Double = 1

    /// Keeps this many of the most likely tokens, and all that tie with the last of them. 0 and -1 keep all.
    public var topK: Int = 0

    /// Keeps tokens with at least this fraction of the most likely token's probability, 0 ... 1. 0 keeps all.
    public var minP: Double = 0

    /// Greater than 1 makes tokens of the prompt and of the output less likely: positive logits are divided by it,
    /// others multiplied. Greater than 0 and finite.
    public var repetitionPenalty: Double = 1

    /// Subtracted from the logits of tokens that the output already has, -2 ... 2.
    public var presencePenalty: Double = 0

    /// Subtracted from a token's logit once for each time the output has it, -2 ... 2.
    public var frequencyPenalty: Double = 0

    /// Makes a request repeatable: same seed, prompt and parameters, same tokens. nil and -1 mean a random seed, which
    /// ``SamplingSeed/init(_:)`` draws when the request is admitted.
    public var seed: Int64?

    /// Generation stops where the text contains one of these. Empty strings are refused.
    public var stop: [String] = []

    /// Generation stops at one of these token ids, beside the model's own end-of-sequence ids.
    public var stopTokenIDs: [Int] = []

    /// Whether the stop string, or the text of the stop token, ends the text. Otherwise the text ends before it.
    public var includeStopStringInOutput = false

    /// Whether generation goes on after an end-of-sequence id.
    public var ignoreEOS = false

    /// Before this many tokens neither end-of-sequence and stop ids are sampled nor stop strings looked for.
    public var minTokens: Int = 0

    /// Generation stops after this many tokens. nil: when the model's context is full.
    public var maxTokens: Int? = 16

    /// How many of the most likely tokens are reported at each step; the sampled one is always reported in addition.
    /// nil: none and not the sampled one. -1: the whole vocabulary, where the limits allow that.
    public var logprobs: Int?

    /// The same for each token of the prompt.
    public var promptLogprobs: Int?

    /// Added to the logits of these token ids, after clamping to -100 ... 100 as vLLM and OpenAI do.
    public var logitBias: [Int: Float] = [:]

    /// Words (or longer texts) that are never completed.
    public var badWords: [String] = []

    /// When present only these token ids may be sampled. An empty list is refused.
    public var allowedTokenIDs: [Int]?

    /// Whether special tokens are left out of the text.
    public var skipSpecialTokens = true

    /// vLLM's defaults; change what is needed.
    public init() {}

    /// The parameters with the most used fields given, the others at their defaults.
    public init(
        temperature: Double = 1, topP: Double = 1, topK: Int = 0, minP: Double = 0, seed: Int64? = nil,
        maxTokens: Int? = 16, stop: [String] = [], ignoreEOS: Bool = false, logprobs: Int? = nil, n: Int = 1
    ) {
        self.temperature = temperature
        self.topP = topP
        self.topK = topK
        self.minP = minP
        self.seed = seed
        self.maxTokens = maxTokens
        self.stop = stop
        self.ignoreEOS = ignoreEOS
        self.logprobs = logprobs
        self.n = n
    }
}
