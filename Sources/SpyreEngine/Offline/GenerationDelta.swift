/// What one step added to a completion.
public struct GenerationDelta: Sendable, Equatable {
    /// Number of the completion among the request's `n`.
    public let index: Int
    public internal(set) var tokenIDs: [Int]
    /// Text that can be shown now. Empty while a character is incomplete or a stop string may have begun. The texts of
    /// all deltas make up the completion's text.
    public internal(set) var text: String
    /// One entry for each of `tokenIDs`; present when `logprobs` was asked for.
    public internal(set) var logprobs: [TokenLogprobs]?
    /// Present on the last delta of a completion.
    public internal(set) var finishReason: FinishReason?
    public internal(set) var stopReason: StopReason?

    public init(
        index: Int, tokenIDs: [Int], text: String, logprobs: [TokenLogprobs]? = nil,
        finishReason: FinishReason? = nil, stopReason: StopReason? = nil
    ) {
        self.index = index
        self.tokenIDs = tokenIDs
        self.text = text
        self.logprobs = logprobs
        self.finishReason = finishReason
        self.stopReason = stopReason
    }
}
