import NIOCore

/// Writes JSON straight into the bytes that are sent. The caller opens and closes; commas come by themselves.
struct JSONWriter {
    private(set) var buffer: ByteBuffer
    /// Whether the next member or element is preceded by a comma.
    private var needsComma = false

    init(_ buffer: ByteBuffer = ByteBuffer()) { self.buffer = buffer }

    // MARK: Structure

    mutating func object(_ body: (inout JSONWriter) -> Void) { nested("{", "}", body) }

    mutating func array<Elements: Sequence>(
        _ elements: Elements, _ body: (inout JSONWriter, Elements.Element) -> Void
    ) {
        nested("[", "]") { writer in
            for element in elements { body(&writer, element) }
        }
    }

    private mutating func nested(_ open: StaticString, _ close: StaticString, _ body: (inout JSONWriter) -> Void) {
        separate()
        buffer.writeStaticString(open)
        needsComma = false
        body(&self)
        buffer.writeStaticString(close)
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { buffer.writeInteger(UInt8(ascii: ",")) }
        needsComma = true
    }

    private mutating func name(_ name: StaticString) {
        separate()
        buffer.writeInteger(UInt8(ascii: "\""))
        buffer.writeStaticString(name)
        buffer.writeStaticString("\":")
        needsComma = false
    }

    // MARK: Members

    mutating func member(_ name: StaticString, _ body: (inout JSONWriter) -> Void) {
        self.name(name)
        body(&self)
        needsComma = true
    }

    mutating func member(_ name: StaticString, _ value: String?) { member(name) { $0.value(value) } }
    mutating func member(_ name: StaticString, _ value: Int?) { member(name) { $0.value(value) } }
    mutating func member(_ name: StaticString, _ value: Double?) { member(name) { $0.value(value) } }
    mutating func member(_ name: StaticString, _ value: Bool) { member(name) { $0.value(value) } }
    mutating func null(_ name: StaticString) { member(name) { $0.null() } }

    /// A member whose name is data.
    mutating func member(named name: String, _ value: Double) {
        separate()
        quote(name)
        buffer.writeInteger(UInt8(ascii: ":"))
        needsComma = false
        self.value(value)
    }

    // MARK: Values

    mutating func value(_ text: String?) {
        guard let text else { return null() }
        separate()
        quote(text)
    }

    mutating func value(_ number: Int?) {
        guard let number else { return null() }
        separate()
        buffer.writeString(String(number))
    }

    /// JSON has no infinity: -infinity is written as -9999, as vLLM does; other numbers that are none as null.
    mutating func value(_ number: Double?) {
        guard let number, number.isFinite || number == -.infinity else { return null() }
        separate()
        buffer.writeString(number == -.infinity ? "-9999.0" : "\(number)")
    }

    mutating func value(_ flag: Bool) {
        separate()
        buffer.writeStaticString(flag ? "true" : "false")
    }

    mutating func null() {
        separate()
        buffer.writeStaticString("null")
    }

    /// Escapes what JSON asks for, and nothing else: the text stays UTF-8.
    private mutating func quote(_ text: String) {
        buffer.writeInteger(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { bytes in
            var plain = 0
            for (index, byte) in bytes.enumerated() {
                guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else { continue }
                buffer.writeBytes(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[plain..<index]))
                writeEscape(byte)
                plain = index + 1
            }
            buffer.writeBytes(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[plain...]))
        }
        buffer.writeInteger(UInt8(ascii: "\""))
    }

    private mutating func writeEscape(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): buffer.writeStaticString("\\\"")
        case UInt8(ascii: "\\"): buffer.writeStaticString("\\\\")
        case 0x0A: buffer.writeStaticString("\\n")
        case 0x0D: buffer.writeStaticString("\\r")
        case 0x09: buffer.writeStaticString("\\t")
        default:
            let digits = String(byte, radix: 16)
            buffer.writeString("\\u" + String(repeating: "0", count: 4 - digits.count) + digits)
        }
    }
}
