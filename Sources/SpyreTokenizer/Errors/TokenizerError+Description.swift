extension TokenizerError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unreadable(let source, let reason):
            "\(source): \(reason); check the path and its permissions"
        case .malformed(let source, let reason):
            "\(source): \(reason); the file is damaged or not what its name says, fetch it again"
        case .unsupported(let source, let feature):
            "\(source): \(feature) is not supported; use a model with a byte-level BPE tokenizer that does without it"
        case .inconsistent(let source, let reason):
            "\(source): \(reason); the tokenizer's parts do not fit together, fetch them again from one model version"
        case .encodingFailed(let reason):
            "cannot tokenize the text: \(reason)"
        }
    }
}

extension TokenizerError {
    /// Longest excerpt of foreign text that a message repeats, in characters.
    private static let excerptLength = 60

    /// A quoted, one-line, shortened form of text from a file, fit for a message.
    static func quoted(_ text: String) -> String {
        var shown = ""
        var count = 0
        for scalar in text.unicodeScalars {
            if count == excerptLength { return "\"\(shown)…\"" }
            shown += scalar.properties.generalCategory == .control ? scalar.escaped(asASCII: true) : String(scalar)
            count += 1
        }
        return "\"\(shown)\""
    }
}
