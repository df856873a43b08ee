/// A pull parser for JSON (RFC 8259) over bytes: callers that know the structure read it without building a tree.
///
/// Strict: no comments, no trailing commas, no leading zeros, no raw control characters in strings, no lone surrogates,
/// no invalid UTF-8, no byte order mark. Nesting is limited. Memory use is that of the strings the caller asks for.
struct JSONCursor {
    enum Kind { case null, bool, number, string, array, object }
    enum Number: Equatable {
        case integer(Int)
        case number(Double)
    }

    private let bytes: UnsafeRawBufferPointer
    let file: String
    /// Python's json module writes NaN, Infinity and -Infinity, and configuration files contain them.
    private let acceptsPythonNumbers: Bool
    private(set) var position = 0
    private var depth = 0
    private var values = 0

    init(_ bytes: UnsafeRawBufferPointer, file: String, acceptsPythonNumbers: Bool = false) {
        self.bytes = bytes
        self.file = file
        self.acceptsPythonNumbers = acceptsPythonNumbers
    }

    // MARK: Structure

    /// What comes next, without reading it.
    mutating func peekKind() throws(CheckpointError) -> Kind {
        skipSpace()
        guard let byte = peek() else { throw error("the text ends where a value should be") }
        switch byte {
        case UInt8(ascii: "n"): return .null
        case UInt8(ascii: "t"), UInt8(ascii: "f"): return .bool
        case UInt8(ascii: "\""): return .string
        case UInt8(ascii: "["): return .array
        case UInt8(ascii: "{"): return .object
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number
        case UInt8(ascii: "N"), UInt8(ascii: "I"): return .number
        default: throw error("a value should be here")
        }
    }

    /// Reads an object; `body` gets each key in order, with the cursor standing before its value, and must read it.
    /// Duplicate keys are the caller's to detect.
    mutating func readObject(
        _ body: (inout JSONCursor, String) throws(CheckpointError) -> Void
    ) throws(CheckpointError) {
        try open("{")
        skipSpace()
        if take("}") { return close() }
        repeat {
            skipSpace()
            guard peek() == UInt8(ascii: "\"") else { throw error("a key in quotes should be here") }
            let key = try readString()
            skipSpace()
            guard take(":") else { throw error("':' should be here") }
            try body(&self, key)
            skipSpace()
        } while take(",")
        guard take("}") else { throw error("',' or '}' should be here") }
        close()
    }

    /// Reads an array; `body` is called before each element and must read it.
    mutating func readArray(_ body: (inout JSONCursor) throws(CheckpointError) -> Void) throws(CheckpointError) {
        try open("[")
        skipSpace()
        if take("]") { return close() }
        repeat {
            try body(&self)
            skipSpace()
        } while take(",")
        guard take("]") else { throw error("',' or ']' should be here") }
        close()
    }

    /// Checks that nothing but space follows.
    mutating func readEnd() throws(CheckpointError) {
        skipSpace()
        guard position == bytes.count else { throw error("nothing should follow the value") }
    }

    /// Reads any value into a tree.
    mutating func readValue() throws(CheckpointError) -> JSONValue {
        values += 1
        guard values <= Limits.jsonValues else { throw .jsonTooLarge(file: file, limit: Limits.jsonValues) }
        switch try peekKind() {
        case .null:
            try readWord("null")
            return .null
        case .bool: return .bool(try readBool())
        case .string: return .string(try readString())
        case .number:
            switch try readNumber() {
            case .integer(let value): return .integer(value)
            case .number(let value): return .number(value)
            }
        case .array:
            var elements: [JSONValue] = []
            try readArray { cursor throws(CheckpointError) in elements.append(try cursor.readValue()) }
            return .array(elements)
        case .object:
            var members: [String: JSONValue] = [:]
            try readObject { cursor, key throws(CheckpointError) in
                let value = try cursor.readValue()
                guard members.updateValue(value, forKey: key) == nil else {
                    throw .duplicateKey(file: cursor.file, key: key)
                }
            }
            return .object(members)
        }
    }

    // MARK: Scalars

    mutating func readBool() throws(CheckpointError) -> Bool {
        skipSpace()
        if peek() == UInt8(ascii: "t") {
            try readWord("true")
            return true
        }
        try readWord("false")
        return false
    }

    mutating func readNumber() throws(CheckpointError) -> Number {
        skipSpace()
        if acceptsPythonNumbers, let special = takePythonNumber() { return .number(special) }
        let start = position
        var isInteger = true
        _ = take("-")
        if !take("0") { try readDigits() }
        if take(".") {
            isInteger = false
            try readDigits()
        }
        if take("e") || take("E") {
            isInteger = false
            if !take("+") { _ = take("-") }
            try readDigits()
        }
        guard position - start <= 400 else { throw error("the number has too many digits") }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if isInteger, let value = Int(text) { return .integer(value) }
        guard let value = Double(text), value.isFinite else { throw error("the number is out of range") }
        return .number(value)
    }

    mutating func readString() throws(CheckpointError) -> String {
        skipSpace()
        guard take("\"") else { throw error("a string should be here") }
        let start = position
        while let byte = peek(), byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 { position += 1 }
        guard peek() != UInt8(ascii: "\\") else { return try readEscapedString(from: start) }
        return try finishString([UInt8](bytes[start..<position]))
    }

    // MARK: Parts

    /// The slow path, from the first backslash on.
    private mutating func readEscapedString(from start: Int) throws(CheckpointError) -> String {
        var content = [UInt8](bytes[start..<position])
        while let byte = peek(), byte != UInt8(ascii: "\""), byte >= 0x20 {
            position += 1
            guard byte == UInt8(ascii: "\\") else {
                content.append(byte)
                continue
            }
            let scalar = try readEscape()
            content.append(contentsOf: String(Character(scalar)).utf8)
        }
        return try finishString(content)
    }

    private mutating func finishString(_ content: [UInt8]) throws(CheckpointError) -> String {
        guard take("\"") else {
            throw error(peek() == nil ? "the string has no end" : "control character in a string")
        }
        guard let text = String(validating: content, as: UTF8.self) else { throw error("the string is not UTF-8") }
        return text
    }

    private mutating func readEscape() throws(CheckpointError) -> Unicode.Scalar {
        guard let byte = peek() else { throw error("the string has no end") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try readUnicodeEscape()
        default: throw error("unknown escape in a string")
        }
    }

    private mutating func readUnicodeEscape() throws(CheckpointError) -> Unicode.Scalar {
        let first = try readHexadecimal()
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard (0xD800...0xDBFF).contains(first), take("\\"), take("u") else {
            throw error("lone surrogate in a string")
        }
        let second = try readHexadecimal()
        guard (0xDC00...0xDFFF).contains(second),
            let scalar = Unicode.Scalar(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00))
        else { throw error("lone surrogate in a string") }
        return scalar
    }

    private mutating func readHexadecimal() throws(CheckpointError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = peek(), let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw error("\\u needs four hexadecimal digits")
            }
            position += 1
            value = value << 4 | UInt32(digit)
        }
        return value
    }

    private mutating func readDigits() throws(CheckpointError) {
        let start = position
        while let byte = peek(), (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
        guard position > start else { throw error("a digit should be here") }
    }

    private mutating func takePythonNumber() -> Double? {
        if takeWord("NaN") { return .nan }
        if takeWord("Infinity") { return .infinity }
        if takeWord("-Infinity") { return -.infinity }
        return nil
    }

    mutating func readWord(_ word: StaticString) throws(CheckpointError) {
        guard takeWord(word) else { throw error("a value should be here") }
    }

    private mutating func takeWord(_ word: StaticString) -> Bool {
        let length = word.utf8CodeUnitCount
        guard bytes.count - position >= length else { return false }
        let matches = word.withUTF8Buffer { $0.elementsEqual(bytes[position..<(position + length)]) }
        if matches { position += length }
        return matches
    }

    private mutating func open(_ bracket: Unicode.Scalar) throws(CheckpointError) {
        skipSpace()
        guard take(bracket) else { throw error("'\(bracket)' should be here") }
        depth += 1
        guard depth <= Limits.jsonDepth else { throw .jsonTooDeep(file: file, limit: Limits.jsonDepth) }
    }

    private mutating func close() { depth -= 1 }

    private func peek() -> UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard peek() == UInt8(ascii: scalar) else { return false }
        position += 1
        return true
    }

    private mutating func skipSpace() {
        while let byte = peek(), byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private func error(_ reason: String) -> CheckpointError {
        .invalidJSON(file: file, offset: position, reason: reason)
    }
}
