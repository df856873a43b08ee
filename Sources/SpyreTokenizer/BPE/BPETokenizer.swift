/// A byte-level BPE tokenizer with the semantics of Hugging Face `tokenizers`.
///
/// Texts are encoded in time that grows as n log n at most. The tables are immutable and shared; working memory is
/// lent to one `encode` at a time, so any number of threads may use one tokenizer.
public final class BPETokenizer: Tokenizer {
    let components: BPEComponents
    private let workspaces: EncoderWorkspacePool

    init(components: BPEComponents) {
        self.components = components
        workspaces = EncoderWorkspacePool(components: components)
    }

    /// Loads tokenizer.json, and if they are there tokenizer_config.json, special_tokens_map.json and
    /// chat_template.jinja, from a model's directory.
    public convenience init(directory: String) throws(TokenizerError) {
        self.init(components: try HuggingFaceTokenizer(directory: directory).components())
    }

    /// Builds a tokenizer from values, such as those of a GGUF file.
    public convenience init(definition: BPEDefinition) throws(TokenizerError) {
        self.init(components: try BPEComponents(definition: definition))
    }

    public var vocabularySize: Int { components.model.vocabulary.idCount }

    public var specialTokens: SpecialTokens { components.specialTokens }

    public var chatTemplateSource: String? { components.chatTemplateSource }

    public func encode(_ text: String, options: EncodeOptions) throws -> [Int] {
        let workspace = workspaces.take()
        defer { workspaces.give(workspace) }
        return try workspace.encode(text, options: options)
    }

    public func id(of token: String) -> Int? {
        components.model.vocabulary.id(named: token)
    }

    public func bytes(of id: Int) -> [UInt8]? {
        let vocabulary = components.model.vocabulary
        return vocabulary.entry(id).map(vocabulary.tokens.array)
    }

    public func isSpecial(_ id: Int) -> Bool {
        let vocabulary = components.model.vocabulary
        return vocabulary.entry(id).map { vocabulary.flags[$0].contains(.special) } ?? false
    }

    public func decode(_ ids: [Int], skipSpecialTokens: Bool) -> String {
        let vocabulary = components.model.vocabulary
        var bytes: [UInt8] = []
        bytes.reserveCapacity(ids.count * 4)
        for id in ids {
            guard let entry = vocabulary.entry(id) else { continue }
            if skipSpecialTokens, vocabulary.flags[entry].contains(.special) { continue }
            bytes.append(contentsOf: vocabulary.tokens.bytes[vocabulary.tokens.range(entry)])
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
