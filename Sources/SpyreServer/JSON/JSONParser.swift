/// Reads one JSON text (RFC 8259) from bytes of a request, in one pass, nested at most `maximumDepth` deep.
///
/// Beside the grammar it takes `NaN`, `Infinity` and numbers that do not fit as `JSONValue.notANumber`: whoever wants the
/// field refuses it by its name. Own reader, since Foundation's keep neither the order of members nor that difference.
struct JSONParser {
    static let maximumDepth = 64

    private let bytes: [UInt8]
    private var position = 0

    /// - Throws: `APIError` of status 400 with the place of the fault.
    static func parse(_ bytes: [UInt8]) throws(APIError) -> JSONValue {
        var parser = JSONParser(bytes: bytes)
        let value = try parser.readValue(depth: 0)
        parser.skipSpace()
        guard parser.position == bytes.count else { throw parser.fail("there is more after the value") }
        return value
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private func fail(_ reason: String) -> APIError {
        APIError(.badRequest, "the body is not JSON: \(reason) at byte \(position)")
    }

    private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipSpace() {
        while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private mutating func skip(_ byte: UInt8) -> Bool {
        guard current == byte else { return false }
        position += 1
        return true
    }

    private mutating func readValue(depth: Int) throws(APIError) -> JSONValue {
        skipSpace()
        switch current {
        case UInt8(ascii: "{"): return .object(try readObject(depth: depth))
        case UInt8(ascii: "["): return .array(try readArray(depth: depth))
        case UInt8(ascii: "\""): return .string(try readString())
        case UInt8(ascii: "t"): return try readWord("true", .bool(true))
        case UInt8(ascii: "f"): return try readWord("false", .bool(false))
        case UInt8(ascii: "n"): return try readWord("null", .null)
        case UInt8(ascii: "N"): return try readWord("NaN", .notANumber("NaN"))
        case UInt8(ascii: "I"): return try readWord("Infinity", .notANumber("Infinity"))
        case nil: throw fail("it ends early")
        default: return try readNumber()
        }
    }

    private mutating func readWord(_ word: String, _ value: JSONValue) throws(APIError) -> JSONValue {
        guard bytes[position...].starts(with: word.utf8) else { throw fail("a value was expected") }
        position += word.utf8.count
        return value
    }

    private mutating func enter(_ depth: Int) throws(APIError) {
        guard depth < Self.maximumDepth else { throw fail("values nest deeper than \(Self.maximumDepth)") }
        position += 1
        skipSpace()
    }

    private mutating func readObject(depth: Int) throws(APIError) -> JSONObject {
        try enter(depth)
        var object = JSONObject()
        if skip(UInt8(ascii: "}")) { return object }
        while true {
            skipSpace()
            guard current == UInt8(ascii: "\"") else { throw fail("a name in quotes was expected") }
            let name = try readString()
            skipSpace()
            guard skip(UInt8(ascii: ":")) else { throw fail("a colon was expected") }
            object.append(name, try readValue(depth: depth + 1))
            skipSpace()
            if skip(UInt8(ascii: "}")) { return object }
            guard skip(UInt8(ascii: ",")) else { throw fail("a comma or } was expected") }
        }
    }

    private mutating func readArray(depth: Int) throws(APIError) -> [JSONValue] {
        try enter(depth)
        var elements: [JSONValue] = []
        if skip(UInt8(ascii: "]")) { return elements }
        while true {
            elements.append(try readValue(depth: depth + 1))
            skipSpace()
            if skip(UInt8(ascii: "]")) { return elements }
            guard skip(UInt8(ascii: ",")) else { throw fail("a comma or ] was expected") }
        }
    }

    // MARK: Numbers

    private mutating func readDigits() throws(APIError) {
        let start = position
        while let byte = current, (0x30...0x39).contains(byte) { position += 1 }
        guard position > start else { throw fail("a digit was expected") }
    }

    private mutating func readNumber() throws(APIError) -> JSONValue {
        let start = position
        var isInteger = true
        if skip(UInt8(ascii: "-")), current == UInt8(ascii: "I") {
            return try readWord("Infinity", .notANumber("-Infinity"))
        }
        if !skip(UInt8(ascii: "0")) { try readDigits() }
        if skip(UInt8(ascii: ".")) {
            isInteger = false
            try readDigits()
        }
        if skip(UInt8(ascii: "e")) || skip(UInt8(ascii: "E")) {
            isInteger = false
            if !skip(UInt8(ascii: "+")) { _ = skip(UInt8(ascii: "-")) }
            try readDigits()
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if isInteger, let value = Int(text) { return .integer(value) }
        if !isInteger, let value = Double(text), value.isFinite { return .number(value) }
        return .notANumber(text.count > 40 ? text.prefix(40) + "…" : text)
    }

    // MARK: Strings

    private mutating func readString() throws(APIError) -> String {
        position += 1
        var text: [UInt8] = []
        var plain = position
        while let byte = current {
            switch byte {
            case UInt8(ascii: "\""):
                text.append(contentsOf: bytes[plain..<position])
                guard let string = String(validating: text, as: UTF8.self) else {
                    throw fail("a string is not UTF-8")
                }
                position += 1
                return string
            case UInt8(ascii: "\\"):
                text.append(contentsOf: bytes[plain..<position])
                position += 1
                try readEscape(into: &text)
                plain = position
            case 0..<0x20: throw fail("a string has a control character")
            default: position += 1
            }
        }
        throw fail("a string does not end")
    }

    private mutating func readEscape(into text: inout [UInt8]) throws(APIError) {
        guard let byte = current else { throw fail("a string does not end") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"): text.append(contentsOf: String(Character(try readCodePoint())).utf8)
        default: throw fail("a string has an unknown escape")
        }
    }

    private mutating func readCodePoint() throws(APIError) -> Unicode.Scalar {
        let first = try readHexadecimal()
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard first < 0xDC00, skip(UInt8(ascii: "\\")), skip(UInt8(ascii: "u")) else {
            throw fail("a string has half of a surrogate pair")
        }
        let second = try readHexadecimal()
        guard (0xDC00...0xDFFF).contains(second),
            let scalar = Unicode.Scalar(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00))
        else { throw fail("a string has half of a surrogate pair") }
        return scalar
    }

    private mutating func readHexadecimal() throws(APIError) -> UInt32 {
        guard bytes.count - position >= 4 else { throw fail("a string does not end") }
        var value: UInt32 = 0
        for byte in bytes[position..<position + 4] {
            guard byte < 0x80, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw fail("a \\u escape needs four hexadecimal digits")
            }
            value = value << 4 | UInt32(digit)
        }
        position += 4
        return value
    }
}
