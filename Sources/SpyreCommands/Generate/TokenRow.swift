import SpyreEngine

/// `logprobs` of one position in a JSON row: the token that stands there, and the most likely ones under `top`.
struct TokenRow: Encodable {
    let logprobs: TokenLogprobs

    private enum CodingKeys: String, CodingKey {
        case top
    }

    func encode(to encoder: any Encoder) throws {
        try logprobs.token.encode(to: encoder)
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(logprobs.top, forKey: .top)
    }
}
