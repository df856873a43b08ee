/// Cuts text at added tokens, as Hugging Face's `AddedVocabulary` does: leftmost match first, longest match there.
struct AddedTokenSplitter: Sendable {
    /// A piece of a text.
    enum Segment {
        /// Bytes between tokens.
        case text(Range<Int>)
        /// Id of an added token.
        case token(Int)
    }

    private var tokens: [AddedToken] = []
    private var trie = ByteTrie()

    var isEmpty: Bool { trie.isEmpty }

    /// Adds `token`, which is found where the text has `spelling`. Empty spellings are never found.
    mutating func add(_ token: AddedToken, spelling: String) {
        trie.insert(Array(spelling.utf8), value: Int32(tokens.count))
        tokens.append(token)
    }

    /// Calls `body` with the segments of `text` (valid UTF-8) in order.
    ///
    /// - Parameter parseSpecial: when false, text that spells a special token stays text.
    func split(
        _ text: UnsafeBufferPointer<UInt8>, parseSpecial: Bool, body: (Segment) throws -> Void
    ) rethrows {
        var done = 0
        var search = 0
        while let match = trie.firstMatch(in: text, from: search) {
            search = match.range.upperBound
            let token = tokens[match.value]
            if token.special && !parseSpecial { continue }
            if token.singleWord && touchesWord(match.range, in: text) { continue }
            var start = match.range.lowerBound
            var end = match.range.upperBound
            if token.lstrip { start = max(TextScan.whitespaceStart(before: start, in: text), done) }
            if token.rstrip { end = TextScan.whitespaceEnd(from: end, in: text) }
            if done < start { try body(.text(done..<start)) }
            try body(.token(token.id))
            done = end
        }
        if done < text.count { try body(.text(done..<text.count)) }
    }

    private func touchesWord(_ range: Range<Int>, in text: UnsafeBufferPointer<UInt8>) -> Bool {
        if let before = TextScan.scalar(endingAt: range.lowerBound, in: text), TextScan.isWord(before.scalar) {
            return true
        }
        if let after = TextScan.scalar(at: range.upperBound, in: text), TextScan.isWord(after.scalar) {
            return true
        }
        return false
    }
}
