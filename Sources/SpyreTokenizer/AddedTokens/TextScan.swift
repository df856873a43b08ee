/// Reads single code points out of valid UTF-8.
enum TextScan {
    /// The code point at `position` and where it ends; nil at the end of the text.
    static func scalar(
        at position: Int, in text: UnsafeBufferPointer<UInt8>
    ) -> (scalar: Unicode.Scalar, end: Int)? {
        guard position < text.count else { return nil }
        let length = length(text[position])
        let end = min(position + length, text.count)
        var value = UInt32(text[position])
        if length > 1 { value &= 0x7F >> UInt32(length) }
        for index in (position + 1)..<max(end, position + 1) { value = value << 6 | UInt32(text[index] & 0x3F) }
        guard let scalar = Unicode.Scalar(value) else { return nil }
        return (scalar, end)
    }

    /// The code point that ends at `position` and where it starts; nil at the start of the text.
    static func scalar(
        endingAt position: Int, in text: UnsafeBufferPointer<UInt8>
    ) -> (scalar: Unicode.Scalar, start: Int)? {
        guard position > 0 else { return nil }
        var start = position - 1
        while start > 0, text[start] & 0xC0 == 0x80 { start -= 1 }
        return scalar(at: start, in: text).map { ($0.scalar, start) }
    }

    /// Bytes of the UTF-8 character that starts with `lead`.
    static func length(_ lead: UInt8) -> Int {
        if lead < 0xC0 { return 1 }
        if lead < 0xE0 { return 2 }
        return lead < 0xF0 ? 3 : 4
    }

    /// Where the run of white space that ends at `position` starts.
    static func whitespaceStart(before position: Int, in text: UnsafeBufferPointer<UInt8>) -> Int {
        var position = position
        while let before = scalar(endingAt: position, in: text), before.scalar.properties.isWhitespace {
            position = before.start
        }
        return position
    }

    /// Where the run of white space that starts at `position` ends.
    static func whitespaceEnd(from position: Int, in text: UnsafeBufferPointer<UInt8>) -> Int {
        var position = position
        while let next = scalar(at: position, in: text), next.scalar.properties.isWhitespace {
            position = next.end
        }
        return position
    }

    /// A word character as UTS #18 (annex C) defines `\w`.
    static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        let properties = scalar.properties
        if properties.isAlphabetic || properties.isJoinControl { return true }
        switch properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .connectorPunctuation: return true
        default: return false
        }
    }
}
