import SpyreTokenizer

/// How tokens are named in log-probabilities.
struct TokenText: Sendable {
    let tokenizer: any Tokenizer
    /// As `token_id:N`, which tells tokens with the same text apart.
    let namesByID: Bool

    func text(_ id: Int) -> String { namesByID ? "token_id:\(id)" : tokenizer.decode([id], skipSpecialTokens: false) }

    func bytes(_ id: Int) -> [UInt8] { tokenizer.bytes(of: id) ?? [] }
}
