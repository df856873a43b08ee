import SpyreTokenizer

/// What `spyre inspect` says about a tokenizer.
struct TokenizerSummary: Encodable {
    struct Special: Encodable {
        let id: Int
        let text: String
    }

    let vocabularySize: Int
    let bos: Special?
    let eos: Special?
    let unk: Special?
    let pad: Special?
    let chatTemplate: Bool

    private enum CodingKeys: String, CodingKey {
        case vocabularySize = "vocabulary_size"
        case bos, eos, unk, pad
        case chatTemplate = "chat_template"
    }

    init(_ tokenizer: any Tokenizer) {
        func special(_ token: SpecialTokens.Token?) -> Special? { token.map { Special(id: $0.id, text: $0.text) } }
        vocabularySize = tokenizer.vocabularySize
        bos = special(tokenizer.specialTokens.bos)
        eos = special(tokenizer.specialTokens.eos)
        unk = special(tokenizer.specialTokens.unk)
        pad = special(tokenizer.specialTokens.pad)
        chatTemplate = tokenizer.chatTemplateSource != nil
    }

    /// `49152 ids, bos 1 <|im_start|>, …, with a chat template`
    var line: String {
        var parts = ["\(vocabularySize) ids"]
        for (role, token) in [("bos", bos), ("eos", eos), ("unk", unk), ("pad", pad)] {
            if let token { parts.append("\(role) \(token.id) \(OneLine.quoted(token.text))") }
        }
        return parts.joined(separator: ", ") + (chatTemplate ? ", with a chat template" : ", no chat template")
    }
}
