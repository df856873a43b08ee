/// Reads one JSON document (RFC 8259) into a `TemplateValue`, keeping key order and the difference between integers
/// and floating point, which Foundation's readers lose.
struct TemplateJSONReader {
    private static let depthLimit = 128
    private let bytes: [UInt8]
    private var position = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    mutating func readDocument() throws(ChatTemplateError) -> TemplateValue {
        let value = try readValue(depth: 0)
        skipSpace()
        guard position == bytes.count else { throw fail("unexpected text after the value") }
        return value
    }

    private func fail(_ message: String) -> ChatTemplateError { .invalidJSON(offset: position, message: message) }

    private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipSpace() {
        while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private mutating func skip(_ character: Character) -> Bool {
        guard let byte = current, byte == character.asciiValue else { return false }
        position += 1
        return true
    }

    private mutating func readValue(depth: Int) throws(ChatTemplateError) -> TemplateValue {
        guard depth < Self.depthLimit else { throw fail("nested deeper than \(Self.depthLimit)") }
        skipSpace()
        switch current {
        case UInt8(ascii: "{"): return try readObject(depth: depth)
        case UInt8(ascii: "["): return try readArray(depth: depth)
        case UInt8(ascii: "\""): return .string(try readString())
        case UInt8(ascii: "t"): return try readWord("true", .bool(true))
        case UInt8(ascii: "f"): return try readWord("false", .bool(false))
        case UInt8(ascii: "n"): return try readWord("null", .none)
        case nil: throw fail("the text ends early")
        default: return try readNumber()
        }
    }

    private mutating func readWord(
        _ word: String, _ value: TemplateValue
    ) throws(ChatTemplateError) -> TemplateValue {
        guard bytes[position...].starts(with: word.utf8) else { throw fail("unexpected character") }
        position += word.utf8.count
        return value
    }

    private mutating func readObject(depth: Int) throws(ChatTemplateError) -> TemplateValue {
        position += 1
        var mapping = TemplateMapping()
        skipSpace()
        if skip("}") { return .mapping(mapping) }
        while true {
            skipSpace()
            guard current == UInt8(ascii: "\"") else { throw fail("expected a key in quotes") }
            let key = try readString()
            skipSpace()
            guard skip(":") else { throw fail("expected ':'") }
            mapping[key] = try readValue(depth: depth + 1)
            skipSpace()
            if skip("}") { return .mapping(mapping) }
            guard skip(",") else { throw fail("expected ',' or '}'") }
        }
    }

    private mutating func readArray(depth: Int) throws(ChatTemplateError) -> TemplateValue {
        position += 1
        var items: [TemplateValue] = []
        skipSpace()
        if skip("]") { return .list(items) }
        while true {
            items.append(try readValue(depth: depth + 1))
            skipSpace()
            if skip("]") { return .list(items) }
            guard skip(",") else { throw fail("expected ',' or ']'") }
        }
    }

    private mutating func readDigits() throws(ChatTemplateError) {
        let start = position
        while let byte = current, (0x30...0x39).contains(byte) { position += 1 }
        guard position > start else { throw fail("expected a digit") }
    }

    private mutating func readNumber() throws(ChatTemplateError) -> TemplateValue {
        let start = position
        var isInteger = true
        _ = skip("-")
        if !skip("0") { try readDigits() }
        if skip(".") {
            isInteger = false
            try readDigits()
        }
        if skip("e") || skip("E") {
            isInteger = false
            if !skip("+") { _ = skip("-") }
            try readDigits()
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if isInteger {
            guard let value = Int(text) else { throw fail("the integer does not fit 64 bits") }
            return .int(value)
        }
        guard let value = Double(text), value.isFinite else { throw fail("the number is out of range") }
        return .double(value)
    }

    private mutating func readString() throws(ChatTemplateError) -> String {
        position += 1
        var text: [UInt8] = []
        while let byte = current {
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let string = String(validating: text, as: UTF8.self) else { throw fail("invalid UTF-8") }
                return string
            case UInt8(ascii: "\\"): text.append(contentsOf: try readEscape())
            case 0..<0x20: throw fail("control character in a string")
            default: text.append(byte)
            }
        }
        throw fail("unterminated string")
    }

    private mutating func readEscape() throws(ChatTemplateError) -> [UInt8] {
        guard let byte = current else { throw fail("unterminated string") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "f"): return [0x0C]
        case UInt8(ascii: "n"): return [0x0A]
        case UInt8(ascii: "r"): return [0x0D]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "u"): return Array(String(Character(try readCodePoint())).utf8)
        default: throw fail("unknown escape")
        }
    }

    private mutating func readCodePoint() throws(ChatTemplateError) -> Unicode.Scalar {
        let first = try readHex()
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard first < 0xDC00, skip("\\"), skip("u") else { throw fail("unpaired surrogate") }
        let second = try readHex()
        guard (0xDC00...0xDFFF).contains(second),
            let scalar = Unicode.Scalar(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00))
        else { throw fail("unpaired surrogate") }
        return scalar
    }

    private mutating func readHex() throws(ChatTemplateError) -> UInt32 {
        guard bytes.count - position >= 4 else { throw fail("the text ends early") }
        var value: UInt32 = 0
        for byte in bytes[position..<position + 4] {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { throw fail("expected a hex digit") }
            value = value << 4 | UInt32(digit)
        }
        position += 4
        return value
    }
}
