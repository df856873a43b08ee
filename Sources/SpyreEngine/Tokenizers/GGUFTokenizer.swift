import SpyreCheckpoint
import SpyreTokenizer

/// The tokenizer in the metadata of a GGUF file (GGUF specification, "Tokenizer": keys `tokenizer.ggml.*` and
/// `tokenizer.chat_template`).
struct GGUFTokenizer {
    let metadata: GGUFMetadata
    /// The file, for messages.
    let source: String

    /// - Throws: `TokenizerError` for a tokenizer that is missing or not byte-level BPE, `CheckpointError` for values
    ///   of a wrong type.
    func definition() throws -> BPEDefinition {
        try checkModel()
        let pre = try preTokenizer()
        // llama.cpp adds the token for the Llama 3 pre-tokenizer when the file does not say; its files rely on it.
        let addsBOS = try metadata.bool(key("add_bos_token")) ?? (pre == .llama3)
        return BPEDefinition(
            tokens: try required("tokens", metadata.strings(key("tokens"))),
            merges: try required("merges", metadata.strings(key("merges"))),
            tokenTypes: try metadata.integers(key("token_type")) ?? [],
            preTokenizer: pre,
            addBOS: addsBOS,
            addEOS: try metadata.bool(key("add_eos_token")) ?? false,
            addSpacePrefix: try metadata.bool(key("add_space_prefix")) ?? false,
            bosID: try metadata.integer(key("bos_token_id")),
            eosID: try metadata.integer(key("eos_token_id")),
            unkID: try metadata.integer(key("unknown_token_id")),
            padID: try metadata.integer(key("padding_token_id")),
            chatTemplate: try metadata.string("tokenizer.chat_template"),
            source: source)
    }

    private func key(_ name: String) -> String { "tokenizer.ggml." + name }

    private func checkModel() throws {
        guard let model = try metadata.string(key("model")) else {
            throw TokenizerError.unsupported(source: source, feature: "a GGUF file without \(key("model"))")
        }
        guard model == "gpt2" else {
            throw TokenizerError.unsupported(source: source, feature: "tokenizer model \(Self.quoted(model))")
        }
    }

    /// Without the name a text cannot be cut as in training, and the model would see wrong tokens: no guess is made.
    private func preTokenizer() throws -> PreTokenizer {
        guard let name = try metadata.string(key("pre")) else {
            throw TokenizerError.unsupported(source: source, feature: "a GGUF file without \(key("pre"))")
        }
        return try PreTokenizer(ggufName: name, source: source)
    }

    private func required<T>(_ name: String, _ value: T?) throws -> T {
        guard let value else {
            throw TokenizerError.malformed(source: source, reason: "\(key(name)) is missing")
        }
        return value
    }

    /// A name from the file, fit for one line.
    private static func quoted(_ name: String) -> String {
        let printable = name.unicodeScalars.prefix(40).map { $0.isASCII && $0.value >= 0x20 ? Character($0) : "?" }
        return "\"\(String(printable))\""
    }
}
