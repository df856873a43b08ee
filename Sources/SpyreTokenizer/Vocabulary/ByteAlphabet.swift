/// GPT-2's printable alphabet: every byte has a character, so that vocabularies can be written as text.
///
/// Bytes that are printable in Latin-1 stand for themselves; the other 68 take U+0100, U+0101, … in byte order.
/// Source: Radford et al., "Language Models are Unsupervised Multitask Learners" (2019) and its released encoder.
enum ByteAlphabet {
    /// The code point of each byte.
    static let scalars: [UInt16] = {
        var next: UInt16 = 0x100
        return (UInt8.min...UInt8.max).map { byte in
            if standsForItself(byte) { return UInt16(byte) }
            defer { next += 1 }
            return next
        }
    }()

    /// The byte of each code point below 0x180, or -1 where the alphabet has none.
    private static let bytes: [Int16] = {
        var table = [Int16](repeating: -1, count: 0x180)
        for (byte, scalar) in scalars.enumerated() { table[Int(scalar)] = Int16(byte) }
        return table
    }()

    private static func standsForItself(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x21...0x7E, 0xA1...0xAC, 0xAE...0xFF: true
        default: false
        }
    }

    /// Appends the bytes that `text` (valid UTF-8) spells; returns false and appends nothing if a character is foreign.
    static func appendDecoded(_ text: UnsafeBufferPointer<UInt8>, to output: inout [UInt8]) -> Bool {
        let start = output.count
        let table = bytes
        var index = 0
        while index < text.count {
            let lead = text[index]
            var scalar = Int(lead)
            index += 1
            // The alphabet ends below U+0180: one or two UTF-8 bytes.
            if lead >= 0x80 {
                guard lead >= 0xC2, lead <= 0xC5, index < text.count else {
                    output.removeSubrange(start...)
                    return false
                }
                scalar = (Int(lead) & 0x1F) << 6 | (Int(text[index]) & 0x3F)
                index += 1
            }
            let byte = table[scalar]
            guard byte >= 0 else {
                output.removeSubrange(start...)
                return false
            }
            output.append(UInt8(truncatingIfNeeded: byte))
        }
        return true
    }

    /// The text that spells `bytes`.
    static func spelling(of bytes: [UInt8]) -> String {
        var text = String.UnicodeScalarView()
        for byte in bytes {
            if let scalar = Unicode.Scalar(scalars[Int(byte)]) { text.append(scalar) }
        }
        return String(text)
    }
}
