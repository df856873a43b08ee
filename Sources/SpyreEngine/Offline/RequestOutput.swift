/// What came of one prompt.
public struct RequestOutput: Sendable, Equatable {
    /// The prompt's text; nil for a prompt of token ids.
    public let prompt: String?
    public let promptTokenIDs: [Int]
    /// One entry for each token of the prompt, nil for the first; present when `prompt_logprobs` was asked for.
    public let promptLogprobs: [TokenLogprobs?]?
    /// `n` completions in the order of their index.
    public let completions: [CompletionOutput]
    /// The seed in use: giving it in another request repeats this one.
    public let seed: Int64
    public let metrics: RequestMetrics

    public init(
        prompt: String?, promptTokenIDs: [Int], promptLogprobs: [TokenLogprobs?]? = nil,
        completions: [CompletionOutput], seed: Int64, metrics: RequestMetrics
    ) {
        self.prompt = prompt
        self.promptTokenIDs = promptTokenIDs
        self.promptLogprobs = promptLogprobs
        self.completions = completions
        self.seed = seed
        self.metrics = metrics
    }
}
