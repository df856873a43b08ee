/// Walks over JSON text without making values of it: a benchmark looks at every chunk of every stream, and needs to know
/// of each little more than whether it has text.
///
/// It accepts all of RFC 8259, and some text that is not, such as commas too many.
struct JSONScanner {
    /// Nobody nests deeper.
    private static let greatestDepth = 128

    let bytes: [UInt8]
    private var at = 0
    private var depth = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    // MARK: Structure

    /// Goes into an object. `nextKey` follows until it returns nil, and after each key one value is read.
    mutating func beginObject() throws(StreamProblem) { try open(UInt8(ascii: "{")) }

    /// Goes into an array. `nextElement` follows until it returns false, and each time one value is read.
    mutating func beginArray() throws(StreamProblem) { try open(UInt8(ascii: "[")) }

    /// Where the next key of the object stands, as it is written; nil at the object's end.
    mutating func nextKey() throws(StreamProblem) -> Range<Int>? {
        guard try goesOn(until: UInt8(ascii: "}")) else { return nil }
        let key = try string()
        try expect(UInt8(ascii: ":"))
        return key
    }

    /// Whether the array has another element.
    mutating func nextElement() throws(StreamProblem) -> Bool { try goesOn(until: UInt8(ascii: "]")) }

    mutating func atObject() throws(StreamProblem) -> Bool { try peek() == UInt8(ascii: "{") }
    mutating func atArray() throws(StreamProblem) -> Bool { try peek() == UInt8(ascii: "[") }

    func matches(_ range: Range<Int>, _ name: StaticString) -> Bool {
        guard name.utf8CodeUnitCount == range.count else { return false }
        return name.withUTF8Buffer { bytes[range].elementsEqual($0) }
    }

    // MARK: Values

    /// Passes over a value.
    ///
    /// - Returns: whether it says something: it is not null, an empty text, an empty array or an empty object.
    @discardableResult
    mutating func skipValue() throws(StreamProblem) -> Bool {
        switch try peek() {
        case UInt8(ascii: "\""): return try !string().isEmpty
        case UInt8(ascii: "{"):
            try beginObject()
            var isEmpty = true
            while try nextKey() != nil {
                isEmpty = false
                try skipValue()
            }
            return !isEmpty
        case UInt8(ascii: "["):
            try beginArray()
            var isEmpty = true
            while try nextElement() {
                isEmpty = false
                try skipValue()
            }
            return !isEmpty
        default:
            let word = try word()
            return !matches(word, "null")
        }
    }

    /// A number without a fraction that fits; anything else is passed over.
    mutating func integer() throws(StreamProblem) -> Int? {
        switch try peek() {
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            return Int(String(decoding: bytes[try word()], as: UTF8.self))
        default:
            try skipValue()
            return nil
        }
    }

    /// After the value nothing may follow.
    mutating func end() throws(StreamProblem) {
        skipSpace()
        guard at == bytes.count else { throw .malformed("there is text behind the JSON of an event") }
    }

    // MARK: Bytes

    private mutating func skipSpace() {
        while at < bytes.count {
            switch bytes[at] {
            case 0x20, 0x09, 0x0A, 0x0D: at += 1
            default: return
            }
        }
    }

    private mutating func peek() throws(StreamProblem) -> UInt8 {
        skipSpace()
        guard at < bytes.count else { throw .malformed("the JSON of an event ends too early") }
        return bytes[at]
    }

    private mutating func expect(_ byte: UInt8) throws(StreamProblem) {
        guard try peek() == byte else { throw .malformed("an event is not valid JSON") }
        at += 1
    }

    private mutating func open(_ bracket: UInt8) throws(StreamProblem) {
        try expect(bracket)
        depth += 1
        guard depth <= Self.greatestDepth else { throw .malformed("the JSON of an event is nested too deeply") }
    }

    private mutating func goesOn(until bracket: UInt8) throws(StreamProblem) -> Bool {
        var byte = try peek()
        if byte == UInt8(ascii: ",") {
            at += 1
            byte = try peek()
        }
        guard byte == bracket else { return true }
        at += 1
        depth -= 1
        return false
    }

    /// Where the text between the quotes stands.
    private mutating func string() throws(StreamProblem) -> Range<Int> {
        try expect(UInt8(ascii: "\""))
        let start = at
        while at < bytes.count {
            let byte = bytes[at]
            at += 1
            if byte == UInt8(ascii: "\"") { return start..<at - 1 }
            // Whatever is escaped does not end the text.
            if byte == UInt8(ascii: "\\") { at += 1 }
        }
        throw .malformed("the JSON of an event ends too early")
    }

    /// A number, true, false or null.
    private mutating func word() throws(StreamProblem) -> Range<Int> {
        let start = at
        while at < bytes.count {
            switch bytes[at] {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."):
                at += 1
            default:
                guard at > start else { throw .malformed("an event is not valid JSON") }
                return start..<at
            }
        }
        guard at > start else { throw .malformed("an event is not valid JSON") }
        return start..<at
    }
}
