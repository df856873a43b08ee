/// What a request begins with.
public enum Prompt: Sendable, Equatable, ExpressibleByStringLiteral {
    /// Text, tokenised with the tokenizer's own special tokens.
    case text(String)
    /// Token ids, taken as they are.
    case tokens([Int])

    public init(stringLiteral text: String) { self = .text(text) }
}
