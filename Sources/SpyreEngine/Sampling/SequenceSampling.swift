/// What sampling knows about one sequence: its rules, its seed and the tokens so far. A value; one for each of a
/// request's `n` sequences.
public struct SequenceSampling: Sendable {
    public let params: SamplingParams
    /// The seed in use; report it when the request had none.
    public let seed: SamplingSeed
    /// Number of this sequence among the request's `n`, from 0.
    public let index: Int
    /// One logit for each of these ids is expected in a row.
    public let vocabularySize: Int

    let chain: LogitsProcessorChain
    let topK: TopKFilter?
    let minP: MinPFilter?
    let topP: TopPFilter?
    private(set) var history: TokenHistory
    /// What the output has to look like; nil for free text.
    private(set) var constraint: (any TokenConstraint)?

    /// - Parameters:
    ///   - params: validated parameters.
    ///   - prompt: token ids of the prompt.
    ///   - seed: made once for a request and given to all its sequences.
    ///   - index: number of the sequence among the request's `n`.
    ///   - endTokens: the model's end-of-sequence ids.
    ///   - badWords: token ids of `params.badWords`; a word needs an entry with and one without a leading space.
    ///   - constraint: what the output has to look like; nil for free text.
    public init(
        _ params: SamplingParams, prompt: [Int], seed: SamplingSeed, index: Int = 0, vocabularySize: Int,
        endTokens: [Int] = [], badWords: [[Int]] = [], constraint: (any TokenConstraint)? = nil
    ) {
        self.params = params
        self.seed = seed
        self.index = index
        self.vocabularySize = vocabularySize
        chain = LogitsProcessorChain(params, stopTokens: endTokens + params.stopTokenIDs, badWords: badWords)
        topK = TopKFilter(params)
        minP = MinPFilter(params)
        topP = TopPFilter(params)
        self.constraint = constraint
        history = TokenHistory(prompt: prompt, isCounting: params.hasPenalties)
    }

    /// The tokens of the output so far.
    public var output: [Int] { history.output }

    /// Takes a token into the output. ``Sampler`` does it for the tokens that it chooses; others use it to restore a
    /// sequence or to force a token.
    public mutating func append(_ token: Int) {
        history.append(token)
        constraint?.advance(token)
    }

    /// The random number of the next position.
    func nextUniform() -> Double { seed.uniform(sequence: index, position: history.output.count) }
}
