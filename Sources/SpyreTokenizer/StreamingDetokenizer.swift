/// Turns token ids into text one by one, for output that is shown while it is generated.
///
/// A token may end in the middle of a UTF-8 character. The bytes of an unfinished character are held back until the
/// rest arrives or can no longer arrive, so that all the pieces together, with that of `finish()`, are exactly what
/// `Tokenizer.decode` makes of all the ids.
public struct StreamingDetokenizer: Sendable {
    private let tokenizer: any Tokenizer
    private let skipSpecialTokens: Bool
    /// At most three bytes: the beginning of a character.
    private var pending: [UInt8] = []

    public init(tokenizer: any Tokenizer, skipSpecialTokens: Bool = true) {
        self.tokenizer = tokenizer
        self.skipSpecialTokens = skipSpecialTokens
    }

    /// The text that `id` completes; empty if it completes none. Ids outside the vocabulary are skipped.
    public mutating func push(_ id: Int) -> String {
        if skipSpecialTokens, tokenizer.isSpecial(id) { return "" }
        guard let bytes = tokenizer.bytes(of: id) else { return "" }
        pending += bytes
        let ready = pending.count - Self.unfinishedSuffix(of: pending)
        guard ready > 0 else { return "" }
        let text = String(decoding: pending.prefix(ready), as: UTF8.self)
        pending.removeFirst(ready)
        return text
    }

    /// What is still held back: empty, or U+FFFD for a character that never got its last bytes. Ends the stream; the
    /// next `push` begins a new one.
    public mutating func finish() -> String {
        defer { pending = [] }
        return String(decoding: pending, as: UTF8.self)
    }

    /// Whether bytes of an unfinished character are held back.
    public var isHoldingBack: Bool { !pending.isEmpty }

    /// How many bytes at the end could be the beginning of one well-formed character (Unicode 16, table 3-7).
    private static func unfinishedSuffix(of bytes: [UInt8]) -> Int {
        for length in 1...3 where length <= bytes.count {
            let start = bytes.count - length
            if bytes[start] & 0xC0 == 0x80 { continue }
            return isUnfinished(bytes[start...]) ? length : 0
        }
        return 0
    }

    private static func isUnfinished(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard let lead = bytes.first else { return false }
        let length: Int
        var second: ClosedRange<UInt8> = 0x80...0xBF
        switch lead {
        case 0xC2...0xDF: length = 2
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: length = 3
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        case 0xF1...0xF3: length = 4
        default: return false
        }
        guard bytes.count < length else { return false }
        // The caller stops at the first lead byte from the end, so the third byte is a continuation byte.
        return bytes.dropFirst().first.map(second.contains) ?? true
    }
}
