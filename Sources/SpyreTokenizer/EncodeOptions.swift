/// How `Tokenizer.encode` treats special tokens.
public struct EncodeOptions: Sendable, Hashable {
    /// Adds what the tokenizer's post-processor adds, such as a beginning-of-sequence token.
    public var addSpecialTokens: Bool

    /// Text that spells a special token becomes that token. Switch it off for text that is not trusted.
    public var parseSpecialTokens: Bool

    /// Both are on by default, as in Hugging Face `tokenizers`.
    public init(addSpecialTokens: Bool = true, parseSpecialTokens: Bool = true) {
        self.addSpecialTokens = addSpecialTokens
        self.parseSpecialTokens = parseSpecialTokens
    }
}
