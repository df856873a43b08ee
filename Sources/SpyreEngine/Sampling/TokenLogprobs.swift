/// What is reported about one position of a sequence.
public struct TokenLogprobs: Sendable, Equatable, Encodable {
    /// The token that stands there.
    public let token: TokenLogprob
    /// The most likely tokens in descending order; has `token` too where that is among them.
    public let top: [TokenLogprob]

    public init(token: TokenLogprob, top: [TokenLogprob]) {
        self.token = token
        self.top = top
    }
}
