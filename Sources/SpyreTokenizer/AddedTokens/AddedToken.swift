/// A token that is found in the text before the pre-tokenizer sees it.
///
/// Fields and meaning are those of `added_tokens` in Hugging Face's tokenizer.json.
public struct AddedToken: Sendable, Hashable {
    /// The text that is replaced by the token.
    public var content: String
    public var id: Int
    /// A control token, left out of decoded text on request.
    public var special: Bool
    /// Takes the white space before it.
    public var lstrip: Bool
    /// Takes the white space behind it.
    public var rstrip: Bool
    /// Only found when no word character touches it.
    public var singleWord: Bool
    /// Searched for in the normalized text instead of in the raw text.
    public var normalized: Bool

    public init(
        content: String, id: Int, special: Bool, lstrip: Bool = false, rstrip: Bool = false,
        singleWord: Bool = false, normalized: Bool = false
    ) {
        self.content = content
        self.id = id
        self.special = special
        self.lstrip = lstrip
        self.rstrip = rstrip
        self.singleWord = singleWord
        self.normalized = normalized
    }
}
