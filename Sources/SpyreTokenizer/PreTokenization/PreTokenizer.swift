/// How text is cut into pre-tokens, which BPE then works on one by one.
///
/// The named ones are the published pipelines of the models they are named after; `sequence` is what a tokenizer.json
/// spells out.
public enum PreTokenizer: Sendable, Hashable {
    /// GPT-2: byte level with its own pattern.
    case gpt2
    /// SmolLM and SmolLM2: single digits, then as GPT-2.
    case smollm
    /// Llama 3: case-insensitive contractions, numbers in threes.
    case llama3
    /// Qwen 2 and 2.5: as Llama 3, with single digits, on text in normalization form C.
    case qwen2
    /// StarCoder and Granite code: single digits, then as GPT-2.
    case starcoder
    /// Steps in order; the last is `byteLevel`.
    case sequence([PreTokenizerStep])
}

/// One step of a pre-tokenizer.
public enum PreTokenizerStep: Sendable, Hashable {
    /// What a split looks for.
    public enum Pattern: Sendable, Hashable {
        /// A regular expression in Oniguruma's syntax.
        case regex(String)
        /// The text itself.
        case string(String)
    }

    /// Cuts at matches; `invert` swaps matches and what lies between.
    case split(Pattern, behavior: SplitBehavior, invert: Bool)
    /// Cuts numbers off, digit by digit or as runs.
    case digits(individual: Bool)
    /// Cuts at white space and drops it.
    case whitespaceSplit
    /// Optionally puts a space before a piece that has none, and optionally cuts by GPT-2's pattern.
    case byteLevel(addPrefixSpace: Bool, useRegex: Bool)
}
