/// A byte-level BPE tokenizer as plain values, such as a GGUF file carries in its metadata.
public struct BPEDefinition: Sendable {
    /// GGUF's codes in `tokenizer.ggml.token_type`.
    public enum TokenType: Int, Sendable {
        case normal = 1
        case unknown = 2
        case control = 3
        case userDefined = 4
        case unused = 5
        case byte = 6
    }

    /// Name of every token in id order: in GPT-2's byte alphabet (`Ġthe`), or plain text for added tokens.
    public var tokens: [String]
    /// Merge rules, the first one strongest: `left right`, with one space between.
    public var merges: [String]
    /// A `TokenType` code for each token; empty when all are normal. Control, unknown and user-defined tokens are found
    /// in text as they are; control and unknown tokens are special.
    public var tokenTypes: [Int]
    public var preTokenizer: PreTokenizer
    /// Nil for what goes with the pre-tokenizer: form C for Qwen 2, nothing otherwise.
    public var normalizer: Normalizer?
    /// Puts `bosID` before every encoded text.
    public var addBOS: Bool
    /// Puts `eosID` behind every encoded text.
    public var addEOS: Bool
    /// Puts a space before a text that does not begin with one.
    public var addSpacePrefix: Bool
    public var bosID: Int?
    public var eosID: Int?
    public var unkID: Int?
    public var padID: Int?
    /// Jinja source.
    public var chatTemplate: String?
    /// A pre-token that is a token is taken whole. Nil for what goes with the pre-tokenizer: true for Llama 3.
    public var ignoreMerges: Bool?
    /// Tokens found in text as they are, with flags that `tokenTypes` cannot express. They replace what `tokenTypes`
    /// says about the same ids.
    public var addedTokens: [AddedToken]
    /// Where all this comes from, for errors.
    public var source: String

    public init(
        tokens: [String], merges: [String], tokenTypes: [Int] = [], preTokenizer: PreTokenizer,
        normalizer: Normalizer? = nil, addBOS: Bool = false, addEOS: Bool = false, addSpacePrefix: Bool = false,
        bosID: Int? = nil, eosID: Int? = nil, unkID: Int? = nil, padID: Int? = nil, chatTemplate: String? = nil,
        ignoreMerges: Bool? = nil, addedTokens: [AddedToken] = [], source: String = "GGUF metadata"
    ) {
        self.tokens = tokens
        self.merges = merges
        self.tokenTypes = tokenTypes
        self.preTokenizer = preTokenizer
        self.normalizer = normalizer
        self.addBOS = addBOS
        self.addEOS = addEOS
        self.addSpacePrefix = addSpacePrefix
        self.bosID = bosID
        self.eosID = eosID
        self.unkID = unkID
        self.padID = padID
        self.chatTemplate = chatTemplate
        self.ignoreMerges = ignoreMerges
        self.addedTokens = addedTokens
        self.source = source
    }
}
