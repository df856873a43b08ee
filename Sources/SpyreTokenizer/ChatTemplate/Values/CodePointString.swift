/// A string compared and hashed by its code points. Swift's own `==` treats canonically equivalent strings as equal,
/// which would merge keys and equate texts that Python (and a tokenizer) keep apart.
struct CodePointString: Hashable, Sendable {
    let text: String

    init(_ text: String) { self.text = text }

    static func == (left: CodePointString, right: CodePointString) -> Bool {
        left.text.utf8.elementsEqual(right.text.utf8)
    }

    func hash(into hasher: inout Hasher) {
        var copy = text
        copy.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        hasher.combine(0xFF as UInt8)
    }
}
