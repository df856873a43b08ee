/// A token that was chosen.
public struct SampledToken: Sendable, Equatable {
    public let tokenID: Int
    /// Present when the request asked for `logprobs`.
    public let logprobs: TokenLogprobs?

    public init(tokenID: Int, logprobs: TokenLogprobs?) {
        self.tokenID = tokenID
        self.logprobs = logprobs
    }
}
