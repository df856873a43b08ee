extension Normalizer {
    /// The `normalizer` of a tokenizer.json; nil stands for null.
    init(json: JSONObject?) throws(TokenizerError) {
        self = .none
        guard let json else { return }
        switch try json.requiredString("type") {
        case "NFC":
            self = .nfc
        case "Sequence":
            for part in try json.objects("normalizers") ?? [] where try Normalizer(json: part) == .nfc { self = .nfc }
        case let kind:
            throw json.unsupported("normalizer \(TokenizerError.quoted(kind))")
        }
    }
}
