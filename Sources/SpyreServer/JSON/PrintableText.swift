/// Text of a request, fit for an error: short, on one line, without control characters.
enum PrintableText {
    static func quoted(_ text: String, limit: Int = 40) -> String {
        let shown = text.unicodeScalars.prefix(limit).map { $0.escaped(asASCII: false) }.joined()
        return "\"\(shown)\(text.unicodeScalars.count > limit ? "…" : "")\""
    }
}
