/// Why a tokenizer could not be loaded or a text could not be encoded.
///
/// `source` is the file (or `GGUF metadata`) that is at fault. `description` is one line.
public enum TokenizerError: Error, Sendable, Hashable {
    /// The file is missing, unreadable or too large.
    case unreadable(source: String, reason: String)
    /// The file breaks its format.
    case malformed(source: String, reason: String)
    /// The file is sound and asks for something that is not implemented.
    case unsupported(source: String, feature: String)
    /// The parts of the tokenizer contradict each other.
    case inconsistent(source: String, reason: String)
    /// A text cannot be encoded.
    case encodingFailed(reason: String)
}
