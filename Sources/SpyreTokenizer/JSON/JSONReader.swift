/// Reads JSON (RFC 8259) from UTF-8 bytes in one pass, without building values that nobody asked for.
///
/// Made for tokenizer.json, whose vocabulary has hundreds of thousands of members: names are handed out as bytes.
/// The bytes must be valid UTF-8.
struct JSONReader {
    /// How deep arrays and objects may nest.
    static let maximumDepth = 64

    private let text: UnsafeBufferPointer<UInt8>
    private(set) var position = 0
    private var depth = 0

    init(_ text: UnsafeBufferPointer<UInt8>) {
        self.text = text
        if text.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    }

    func fail(_ reason: String) -> JSONReadError {
        JSONReadError(reason: reason, offset: position)
    }

    /// The first byte of the next value or delimiter; nil at the end of the text.
    mutating func peek() -> UInt8? {
        while position < text.count {
            switch text[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return text[position]
            }
        }
        return nil
    }

    private mutating func expect(_ byte: UInt8) throws(JSONReadError) {
        guard peek() == byte else { throw unexpected("\(Unicode.Scalar(byte))") }
        position += 1
    }

    private mutating func unexpected(_ wanted: String) -> JSONReadError {
        guard let found = peek() else { return fail("the file ends where \(wanted) should be") }
        return fail("found byte 0x\(String(found, radix: 16)) where \(wanted) should be")
    }

    /// Requires that nothing but white space is left.
    mutating func expectEnd() throws(JSONReadError) {
        if peek() != nil { throw unexpected("the end of the file") }
    }

    // MARK: - Containers

    /// Reads an object; `body` is called behind every name and has to read the value.
    mutating func readObject<Failure: Error>(
        _ body: (inout JSONReader, UnsafeBufferPointer<UInt8>) throws(Failure) -> Void,
        failure: (JSONReadError) -> Failure
    ) throws(Failure) {
        var name: [UInt8] = []
        do throws(JSONReadError) { try enter(0x7B, "an object") } catch { throw failure(error) }
        var isFirst = true
        while true {
            do throws(JSONReadError) {
                if try leaves(0x7D, isFirst) { return }
                name.removeAll(keepingCapacity: true)
                try readString(into: &name)
                try expect(0x3A)
            } catch { throw failure(error) }
            isFirst = false
            let result: Result<Void, Failure> = name.withUnsafeBufferPointer { bytes in
                do throws(Failure) {
                    return .success(try body(&self, bytes))
                } catch {
                    return .failure(error)
                }
            }
            try result.get()
        }
    }

    /// Reads an array; `body` is called for every element and has to read it.
    mutating func readArray<Failure: Error>(
        _ body: (inout JSONReader) throws(Failure) -> Void, failure: (JSONReadError) -> Failure
    ) throws(Failure) {
        do throws(JSONReadError) { try enter(0x5B, "an array") } catch { throw failure(error) }
        var isFirst = true
        while true {
            do throws(JSONReadError) { if try leaves(0x5D, isFirst) { return } } catch { throw failure(error) }
            isFirst = false
            try body(&self)
        }
    }

    private mutating func enter(_ opening: UInt8, _ what: String) throws(JSONReadError) {
        guard peek() == opening else { throw unexpected(what) }
        guard depth < Self.maximumDepth else { throw fail("values nest deeper than \(Self.maximumDepth)") }
        position += 1
        depth += 1
    }

    /// Takes the closing bracket, or the comma before another element.
    private mutating func leaves(_ closing: UInt8, _ isFirst: Bool) throws(JSONReadError) -> Bool {
        if peek() == closing {
            position += 1
            depth -= 1
            return true
        }
        if !isFirst {
            guard peek() == 0x2C else { throw unexpected("a comma or \(Unicode.Scalar(closing))") }
            position += 1
        }
        return false
    }

    // MARK: - Scalars

    /// Reads a number that is an integer.
    mutating func readInteger() throws(JSONReadError) -> Int {
        guard case .integer(let value) = try readNumber() else { throw fail("a number is not an integer") }
        return value
    }

    mutating func readNumber() throws(JSONReadError) -> JSONValue {
        guard let first = peek(), first == 0x2D || (0x30...0x39).contains(first) else { throw unexpected("a number") }
        let start = position
        var isInteger = true
        while position < text.count {
            switch text[position] {
            case 0x30...0x39, 0x2D: break
            case 0x2B, 0x2E, 0x45, 0x65: isInteger = false
            default:
                return try number(start, isInteger)
            }
            position += 1
        }
        return try number(start, isInteger)
    }

    private func number(_ start: Int, _ isInteger: Bool) throws(JSONReadError) -> JSONValue {
        let digits = String(decoding: text[start..<position], as: UTF8.self)
        if isInteger, let value = Int(digits) { return .integer(value) }
        guard let value = Double(digits), value.isFinite else {
            throw fail("\(TokenizerError.quoted(digits)) is not a number")
        }
        return .number(value)
    }

    /// Appends the bytes of a string, escapes resolved, to `output`.
    mutating func readString(into output: inout [UInt8]) throws(JSONReadError) {
        guard peek() == 0x22 else { throw unexpected("a string") }
        position += 1
        var plain = position
        while position < text.count {
            let byte = text[position]
            if byte == 0x22 {
                output.append(contentsOf: text[plain..<position])
                position += 1
                return
            }
            if byte == 0x5C {
                output.append(contentsOf: text[plain..<position])
                position += 1
                try readEscape(into: &output)
                plain = position
            } else if byte < 0x20 {
                throw fail("a control character in a string")
            } else {
                position += 1
            }
        }
        throw fail("the file ends inside a string")
    }

    private mutating func readEscape(into output: inout [UInt8]) throws(JSONReadError) {
        guard position < text.count else { throw fail("the file ends inside a string") }
        let letter = text[position]
        position += 1
        switch letter {
        case 0x22, 0x5C, 0x2F: output.append(letter)
        case 0x62: output.append(0x08)
        case 0x66: output.append(0x0C)
        case 0x6E: output.append(0x0A)
        case 0x72: output.append(0x0D)
        case 0x74: output.append(0x09)
        case 0x75: output.append(contentsOf: String(try readUnicodeEscape()).utf8)
        default: throw fail("an unknown escape in a string")
        }
    }

    private mutating func readUnicodeEscape() throws(JSONReadError) -> Unicode.Scalar {
        var value = try readHexadecimal()
        if value & 0xFC00 == 0xD800, position + 1 < text.count, text[position] == 0x5C, text[position + 1] == 0x75 {
            position += 2
            let low = try readHexadecimal()
            guard low & 0xFC00 == 0xDC00 else { throw fail("half of a surrogate pair in a string") }
            value = 0x10000 + (value & 0x3FF) << 10 + (low & 0x3FF)
        }
        guard let scalar = Unicode.Scalar(value) else { throw fail("half of a surrogate pair in a string") }
        return scalar
    }

    private mutating func readHexadecimal() throws(JSONReadError) -> UInt32 {
        guard position + 4 <= text.count else { throw fail("the file ends inside a string") }
        var value: UInt32 = 0
        for byte in text[position..<(position + 4)] {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw fail("a \\u escape without four hexadecimal digits")
            }
            value = value << 4 | UInt32(digit)
        }
        position += 4
        return value
    }

    // MARK: - Whole values

    /// Reads any value.
    mutating func readValue() throws(JSONReadError) -> JSONValue {
        switch peek() {
        case 0x7B:
            var members: [String: JSONValue] = [:]
            try readObject(
                { (reader, name) throws(JSONReadError) in
                    members[String(decoding: name, as: UTF8.self)] = try reader.readValue()
                }, failure: { $0 })
            return .object(members)
        case 0x5B:
            var elements: [JSONValue] = []
            try readArray(
                { (reader) throws(JSONReadError) in elements.append(try reader.readValue()) }, failure: { $0 })
            return .array(elements)
        case 0x22:
            var bytes: [UInt8] = []
            try readString(into: &bytes)
            return .string(String(decoding: bytes, as: UTF8.self))
        case 0x74: return try readWord("true", .bool(true))
        case 0x66: return try readWord("false", .bool(false))
        case 0x6E: return try readWord("null", .null)
        default: return try readNumber()
        }
    }

    private mutating func readWord(_ word: StaticString, _ value: JSONValue) throws(JSONReadError) -> JSONValue {
        let end = position + word.utf8CodeUnitCount
        guard end <= text.count, text[position..<end].elementsEqual("\(word)".utf8) else { throw unexpected("a value") }
        position = end
        return value
    }
}
