/// Turns text into token ids and back.
///
/// Semantics are those of Hugging Face `tokenizers`. Implementations are immutable after construction: every member
/// may be called from any number of threads at once.
public protocol Tokenizer: Sendable {
    /// One more than the largest token id, so that `0 ..< vocabularySize` covers every id. Some of them may be unused.
    var vocabularySize: Int { get }

    /// Token ids of `text`, in order.
    ///
    /// - Throws: `TokenizerError` when the text is longer than 1 GiB or a pattern gives up on it.
    func encode(_ text: String, options: EncodeOptions) throws -> [Int]

    /// Text of `ids`. Ids outside the vocabulary are skipped; bytes that are not UTF-8 become U+FFFD.
    ///
    /// - Parameter skipSpecialTokens: leaves out the tokens for which `isSpecial` is true.
    func decode(_ ids: [Int], skipSpecialTokens: Bool) -> String

    /// The bytes a token stands for, which may be a part of a UTF-8 character; nil for an unknown id.
    func bytes(of id: Int) -> [UInt8]?

    /// Whether `id` is a control token such as `<|im_end|>`; false for an unknown id.
    func isSpecial(_ id: Int) -> Bool

    /// The tokens that begin, end and fill sequences.
    var specialTokens: SpecialTokens { get }

    /// The id of a token by its name in the vocabulary (`Ġthe`, `<|im_end|>`); nil when there is none.
    func id(of token: String) -> Int?

    /// Jinja source of the model's chat template; nil when the model comes without one.
    var chatTemplateSource: String? { get }
}

extension Tokenizer {
    /// Token ids of `text` with the default options.
    public func encode(_ text: String) throws -> [Int] {
        try encode(text, options: EncodeOptions())
    }

    /// Text of `ids`, special tokens included.
    public func decode(_ ids: [Int]) -> String {
        decode(ids, skipSpecialTokens: false)
    }
}
