/// What a post-processor puts before and behind every text.
struct SequenceTemplate {
    private(set) var prefix: [Int] = []
    private(set) var suffix: [Int] = []
    private var isSet = false

    /// The `post_processor` of a tokenizer.json; nil stands for null.
    init(json: JSONObject?, vocabulary: Vocabulary) throws(TokenizerError) {
        guard let json else { return }
        try read(json, vocabulary)
    }

    private mutating func read(_ json: JSONObject, _ vocabulary: Vocabulary) throws(TokenizerError) {
        switch try json.requiredString("type") {
        case "ByteLevel":
            // It moves offsets and leaves ids alone.
            return
        case "Sequence":
            for part in try json.objects("processors") ?? [] { try read(part, vocabulary) }
        case "TemplateProcessing":
            guard !isSet else { throw json.unsupported("more than one TemplateProcessing") }
            isSet = true
            try readTemplate(json, vocabulary)
        case let kind:
            throw json.unsupported("post-processor \(TokenizerError.quoted(kind))")
        }
    }

    private mutating func readTemplate(_ json: JSONObject, _ vocabulary: Vocabulary) throws(TokenizerError) {
        var isBehindText = false
        for piece in try json.required("single", try json.objects("single")) {
            if let sequence = try piece.object("Sequence") {
                let name = try sequence.requiredString("id")
                guard name == "A", !isBehindText else {
                    throw piece.unsupported("a template with sequence \(TokenizerError.quoted(name))")
                }
                isBehindText = true
            } else if let token = try piece.object("SpecialToken") {
                let ids = try Self.ids(of: try token.requiredString("id"), json, vocabulary)
                if isBehindText { suffix += ids } else { prefix += ids }
            } else {
                throw piece.unsupported("a template piece that is neither Sequence nor SpecialToken")
            }
        }
        guard isBehindText else { throw json.unsupported("a template without sequence A") }
    }

    private static func ids(
        of name: String, _ json: JSONObject, _ vocabulary: Vocabulary
    ) throws(TokenizerError) -> [Int] {
        let table = try json.required("special_tokens", try json.object("special_tokens"))
        let entry = try table.required(name, try table.object(name))
        var ids: [Int] = []
        for value in try entry.required("ids", try entry.array("ids")) {
            guard case .integer(let id) = value, vocabulary.entry(id) != nil else {
                let what = TokenizerError.quoted(name)
                throw .inconsistent(
                    source: json.source, reason: "the template's token \(what) has an id that no token has")
            }
            ids.append(id)
        }
        return ids
    }
}
