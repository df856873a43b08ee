extension PreTokenizer {
    /// The `pre_tokenizer` of a tokenizer.json; nil stands for null.
    init(json: JSONObject?, source: String) throws(TokenizerError) {
        guard let json else { throw .unsupported(source: source, feature: "a tokenizer without a pre-tokenizer") }
        self = .sequence(try Self.steps(json))
    }

    private static func steps(_ json: JSONObject) throws(TokenizerError) -> [PreTokenizerStep] {
        switch try json.requiredString("type") {
        case "Sequence":
            var steps: [PreTokenizerStep] = []
            for part in try json.required("pretokenizers", try json.objects("pretokenizers")) {
                steps += try Self.steps(part)
            }
            return steps
        case "ByteLevel":
            let addPrefixSpace = try json.bool("add_prefix_space") ?? true
            return [.byteLevel(addPrefixSpace: addPrefixSpace, useRegex: try json.bool("use_regex") ?? true)]
        case "Digits":
            return [.digits(individual: try json.bool("individual_digits") ?? false)]
        case "WhitespaceSplit":
            return [.whitespaceSplit]
        case "Split":
            return [try split(json)]
        case let kind:
            throw json.unsupported("pre-tokenizer \(TokenizerError.quoted(kind))")
        }
    }

    private static func split(_ json: JSONObject) throws(TokenizerError) -> PreTokenizerStep {
        let name = try json.requiredString("behavior")
        guard let behavior = SplitBehavior(rawValue: name) else {
            throw json.unsupported("split behavior \(TokenizerError.quoted(name))")
        }
        let pattern = try json.required("pattern", try json.object("pattern"))
        let invert = try json.bool("invert") ?? false
        if let regex = try pattern.string("Regex") { return .split(.regex(regex), behavior: behavior, invert: invert) }
        if let text = try pattern.string("String") { return .split(.string(text), behavior: behavior, invert: invert) }
        throw pattern.unsupported("a pattern that is neither Regex nor String")
    }
}
