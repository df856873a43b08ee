/// What is particular about a token.
struct TokenFlags: OptionSet, Sendable {
    let rawValue: UInt8

    /// A control token: left out by `skipSpecialTokens`, found in text only when special tokens are parsed.
    static let special = TokenFlags(rawValue: 1)
    /// Found in text before the pre-tokenizer runs, so a pre-token never takes it whole.
    static let added = TokenFlags(rawValue: 2)
    /// Spelled in the byte alphabet: merges may name it.
    static let spelled = TokenFlags(rawValue: 4)
}
