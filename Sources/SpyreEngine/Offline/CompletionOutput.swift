/// One sequence that was generated.
public struct CompletionOutput: Sendable, Equatable {
    /// Number of this completion among the request's `n`.
    public let index: Int
    /// All tokens, with the one that ended the sequence, as in vLLM.
    public let tokenIDs: [Int]
    public let text: String
    public let finishReason: FinishReason
    /// The stop id or stop string of the request that ended the sequence.
    public let stopReason: StopReason?
    /// Sum of the tokens' log-probabilities; present when `logprobs` was asked for.
    public let cumulativeLogprob: Double?
    /// One entry for each token; present when `logprobs` was asked for.
    public let logprobs: [TokenLogprobs]?
    /// What went wrong, in one line, when `finishReason` is `.error`.
    public let error: String?

    public init(
        index: Int, tokenIDs: [Int], text: String, finishReason: FinishReason, stopReason: StopReason? = nil,
        cumulativeLogprob: Double? = nil, logprobs: [TokenLogprobs]? = nil, error: String? = nil
    ) {
        self.index = index
        self.tokenIDs = tokenIDs
        self.text = text
        self.finishReason = finishReason
        self.stopReason = stopReason
        self.cumulativeLogprob = cumulativeLogprob
        self.logprobs = logprobs
        self.error = error
    }
}
