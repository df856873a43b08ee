/// One answer of `spyre tokenize`.
struct TokenizerRow: Encodable, Equatable {
    var ids: [Int]?
    var text: String?

    /// For people: the text if there is one, then the ids.
    var line: String {
        let ids = ids.map { $0.map(String.init).joined(separator: " ") }
        return [text, ids].compactMap { $0 }.joined(separator: "\n")
    }
}
