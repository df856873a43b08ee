/// Looks for several strings in a text that arrives in pieces, with the automaton of Knuth, Morris and Pratt ("Fast
/// pattern matching in strings", SIAM J. Comput. 6, 1977) for each: every byte is looked at once, a piece costs
/// O(bytes × strings), whatever came before.
///
/// Strings are compared byte by byte in UTF-8, that is code point by code point: "é" as one code point and as two
/// differ.
struct StopStringMatcher: Sendable {
    private let patterns: [Pattern]
    /// For each pattern how many of its first bytes the text ends with.
    private var matched: [Int]

    private struct Pattern: Sendable {
        let text: String
        let bytes: [UInt8]
        /// For each number of matched bytes the length of the longest shorter beginning that also ends there.
        let borders: [Int]
    }

    /// - Parameter strings: not empty ones; empty strings are ignored.
    init(_ strings: [String]) {
        patterns = strings.filter { !$0.isEmpty }.map { text in
            let bytes = Array(text.utf8)
            return Pattern(text: text, bytes: bytes, borders: Self.borders(of: bytes))
        }
        matched = [Int](repeating: 0, count: patterns.count)
    }

    var isEmpty: Bool { patterns.isEmpty }

    /// How many bytes at the end of the text may be the beginning of a string.
    var pendingBytes: Int { matched.max() ?? 0 }

    /// Takes the next byte. Returns the string that ends with it, the longest one if there are several.
    mutating func advance(_ byte: UInt8) -> String? {
        var found: Pattern?
        for index in patterns.indices {
            let pattern = patterns[index]
            var length = matched[index]
            while length > 0, pattern.bytes[length] != byte { length = pattern.borders[length] }
            if pattern.bytes[length] == byte { length += 1 }
            if length == pattern.bytes.count {
                if pattern.bytes.count > found?.bytes.count ?? 0 { found = pattern }
                length = pattern.borders[length]
            }
            matched[index] = length
        }
        return found?.text
    }

    private static func borders(of bytes: [UInt8]) -> [Int] {
        var borders = [Int](repeating: 0, count: bytes.count + 1)
        var border = 0
        for index in bytes.indices.dropFirst() {
            while border > 0, bytes[index] != bytes[border] { border = borders[border] }
            if bytes[index] == bytes[border] { border += 1 }
            borders[index + 1] = border
        }
        return borders
    }
}
