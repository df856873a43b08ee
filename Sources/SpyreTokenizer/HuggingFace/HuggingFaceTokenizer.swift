import Foundation

/// The tokenizer of a model's directory in Hugging Face's layout.
struct HuggingFaceTokenizer {
    private let json: TokenizerJSON
    /// tokenizer_config.json; nil if there is none.
    private let config: JSONObject?
    /// special_tokens_map.json; nil if there is none.
    private let specialTokensMap: JSONObject?
    /// chat_template.jinja; nil if there is none.
    private let chatTemplateFile: String?

    init(directory: String) throws(TokenizerError) {
        func path(_ name: String) -> String { (directory as NSString).appendingPathComponent(name) }
        func object(_ name: String) throws(TokenizerError) -> JSONObject? {
            guard let data = try TokenizerFile.read(path(name)) else { return nil }
            return try TokenizerFile.parseObject(data, source: path(name))
        }
        guard let data = try TokenizerFile.read(path("tokenizer.json")) else {
            throw .unreadable(source: path("tokenizer.json"), reason: "there is no such file")
        }
        json = try TokenizerJSON(data, source: path("tokenizer.json"))
        config = try object("tokenizer_config.json")
        specialTokensMap = try object("special_tokens_map.json")
        guard let template = try TokenizerFile.read(path("chat_template.jinja")) else {
            chatTemplateFile = nil
            return
        }
        guard let text = String(validating: template, as: UTF8.self) else {
            throw .malformed(source: path("chat_template.jinja"), reason: "the file is not valid UTF-8")
        }
        chatTemplateFile = text
    }

    /// Everything that a tokenizer needs, checked.
    func components() throws(TokenizerError) -> BPEComponents {
        let source = json.root.source
        let normalizer = try Normalizer(json: try json.root.object("normalizer"))
        let added = try addedTokens()
        let merges = try json.mergeTable()
        var vocabulary = json.vocabulary
        for token in added { try vocabulary.add(token, normalizer: normalizer, source: source) }
        let splitters = BPEComponents.splitters(of: added, normalizer: normalizer)
        let model = try bpeModel(vocabulary, merges)
        let preTokenizer = try PreTokenizer(json: try json.root.object("pre_tokenizer"), source: source)
        let template = try SequenceTemplate(json: try json.root.object("post_processor"), vocabulary: vocabulary)
        try checkDecoder()
        return BPEComponents(
            model: model, rawSplitter: splitters.raw, normalizedSplitter: splitters.normalized,
            normalizer: normalizer, stages: try PreTokenizerStage.stages(of: preTokenizer, source: source),
            prefix: template.prefix, suffix: template.suffix,
            specialTokens: try specialTokens(vocabulary), chatTemplateSource: try chatTemplate())
    }

    private func bpeModel(_ vocabulary: Vocabulary, _ merges: MergeTable) throws(TokenizerError) -> BPEModel {
        let section = json.model
        if section.value("dropout") != nil { throw section.unsupported("BPE dropout") }
        if try section.bool("byte_fallback") == true { throw section.unsupported("byte_fallback") }
        for key in ["continuing_subword_prefix", "end_of_word_suffix"] {
            if let affix = try section.string(key), !affix.isEmpty {
                throw section.unsupported("\(key) \(TokenizerError.quoted(affix))")
            }
        }
        var unknownID: Int32?
        if let unknown = try section.string("unk_token"), !unknown.isEmpty {
            guard let id = vocabulary.id(named: unknown) else {
                throw .inconsistent(
                    source: section.source,
                    reason: "unk_token \(TokenizerError.quoted(unknown)) is not in the vocabulary")
            }
            unknownID = Int32(id)
        }
        return BPEModel(
            vocabulary: vocabulary, merges: merges, ignoreMerges: try section.bool("ignore_merges") ?? false,
            unknownID: unknownID, fuseUnknown: try section.bool("fuse_unk") ?? false)
    }

    /// Those of tokenizer.json, and what tokenizer_config.json adds to them.
    private func addedTokens() throws(TokenizerError) -> [AddedToken] {
        var tokens: [AddedToken] = []
        for entry in try json.root.objects("added_tokens") ?? [] {
            let id = try entry.required("id", try entry.integer("id"))
            tokens.append(try AddedToken(json: entry, id: id))
        }
        guard let config, let decoder = try config.object("added_tokens_decoder") else { return tokens }
        var known = Set(tokens.map { Array($0.content.utf8) })
        for key in decoder.members.keys.sorted() {
            guard let id = Int(key) else {
                throw .malformed(
                    source: config.source, reason: "added_tokens_decoder has key \(TokenizerError.quoted(key))")
            }
            guard let entry = try decoder.object(key) else { continue }
            let token = try AddedToken(json: entry, id: id)
            if known.insert(Array(token.content.utf8)).inserted { tokens.append(token) }
        }
        return tokens
    }

    private func checkDecoder() throws(TokenizerError) {
        let decoder = try json.root.object("decoder")
        guard let decoder else { throw json.root.unsupported("a tokenizer without a decoder") }
        let parts = try decoder.objects("decoders") ?? [decoder]
        for part in parts {
            let kind = try part.requiredString("type")
            guard kind == "ByteLevel" || (kind == "Fuse" && parts.count > 1) else {
                throw part.unsupported("decoder \(TokenizerError.quoted(kind))")
            }
        }
    }

    private func specialTokens(_ vocabulary: Vocabulary) throws(TokenizerError) -> SpecialTokens {
        SpecialTokens(
            bos: try specialToken("bos_token", vocabulary), eos: try specialToken("eos_token", vocabulary),
            unk: try specialToken("unk_token", vocabulary), pad: try specialToken("pad_token", vocabulary))
    }

    private func specialToken(_ key: String, _ vocabulary: Vocabulary) throws(TokenizerError) -> SpecialTokens.Token? {
        for file in [config, specialTokensMap].compactMap({ $0 }) {
            guard let value = file.value(key) else { continue }
            let text: String
            if case .string(let name) = value {
                text = name
            } else {
                let object = try JSONObject(value, source: file.source, path: key)
                text = try object.requiredString("content")
            }
            guard let id = vocabulary.id(named: text) else {
                throw .inconsistent(
                    source: file.source, reason: "\(key) \(TokenizerError.quoted(text)) is not in the vocabulary")
            }
            return SpecialTokens.Token(id: id, text: text)
        }
        return nil
    }

    /// As in transformers, chat_template.jinja goes before tokenizer_config.json, and there the template `default`.
    private func chatTemplate() throws(TokenizerError) -> String? {
        if let chatTemplateFile { return chatTemplateFile }
        guard let config, let value = config.value("chat_template") else { return nil }
        if case .string(let text) = value { return text }
        for entry in try config.objects("chat_template") ?? [] where try entry.string("name") == "default" {
            return try entry.requiredString("template")
        }
        return nil
    }
}
