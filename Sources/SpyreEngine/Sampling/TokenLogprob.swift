/// The log-probability of one token.
public struct TokenLogprob: Sendable, Equatable, Encodable {
    public let tokenID: Int
    /// Natural logarithm of the probability; -infinity for a token that the model rules out.
    public let logprob: Double
    /// Place among all tokens from the most likely one, which has 1. Of equal logits the lower id comes first.
    public let rank: Int

    public init(tokenID: Int, logprob: Double, rank: Int) {
        self.tokenID = tokenID
        self.logprob = logprob
        self.rank = rank
    }

    private enum CodingKeys: String, CodingKey {
        case tokenID = "token_id"
        case logprob
        case rank
    }

    /// JSON has no infinity: -infinity is written as -9999, as vLLM does.
    public func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(tokenID, forKey: .tokenID)
        try fields.encode(max(logprob, -9_999), forKey: .logprob)
        try fields.encode(rank, forKey: .rank)
    }
}
