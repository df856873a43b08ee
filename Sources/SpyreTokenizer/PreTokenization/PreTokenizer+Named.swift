extension PreTokenizer {
    private static let llama3Pattern =
        #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*"#
        + #"|\s*[\r\n]+|\s+(?!\S)|\s+"#
    private static let qwen2Pattern =
        #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*"#
        + #"|\s*[\r\n]+|\s+(?!\S)|\s+"#

    /// The steps that this pre-tokenizer stands for.
    public var steps: [PreTokenizerStep] {
        switch self {
        case .gpt2:
            [.byteLevel(addPrefixSpace: false, useRegex: true)]
        case .smollm, .starcoder:
            [.digits(individual: true), .byteLevel(addPrefixSpace: false, useRegex: true)]
        case .llama3:
            [
                .split(.regex(Self.llama3Pattern), behavior: .isolated, invert: false),
                .byteLevel(addPrefixSpace: false, useRegex: false),
            ]
        case .qwen2:
            [
                .split(.regex(Self.qwen2Pattern), behavior: .isolated, invert: false),
                .byteLevel(addPrefixSpace: false, useRegex: false),
            ]
        case .sequence(let steps):
            steps
        }
    }

    /// The pre-tokenizer that a GGUF file names in `tokenizer.ggml.pre`, with llama.cpp's names.
    ///
    /// More names share these patterns in llama.cpp. They are refused, because nobody has compared them with the models'
    /// own normalization and merging.
    ///
    /// - Parameter source: what the name comes from, for the error.
    /// - Throws: `TokenizerError.unsupported`, naming the pre-tokenizer, for one that is not implemented.
    public init(ggufName name: String, source: String = "GGUF metadata") throws(TokenizerError) {
        switch name {
        case "gpt-2", "gpt2", "granite-docling": self = .gpt2
        case "smollm": self = .smollm
        case "llama-bpe", "llama3", "llama-v3": self = .llama3
        case "qwen2": self = .qwen2
        case "starcoder", "refact": self = .starcoder
        default:
            throw .unsupported(source: source, feature: "pre-tokenizer \(TokenizerError.quoted(name))")
        }
    }

    /// What goes with the pre-tokenizer in a GGUF file, which has no field for it.
    var impliedNormalizer: Normalizer {
        self == .qwen2 ? .nfc : .none
    }

    /// As `impliedNormalizer`.
    var impliesIgnoreMerges: Bool {
        self == .llama3
    }
}
