/// A trie over byte strings that finds the longest one at a position.
struct ByteTrie: Sendable {
    private var children = PairTable()
    private var values: [Int32] = [-1]
    private var firstBytes = [Bool](repeating: false, count: 256)

    var isEmpty: Bool { values.count == 1 }

    /// Adds `key` with a non-negative value. An earlier value of the same key stays.
    mutating func insert(_ key: [UInt8], value: Int32) {
        guard let first = key.first else { return }
        firstBytes[Int(first)] = true
        var node = 0
        for byte in key {
            let edge = UInt64(node) << 8 | UInt64(byte)
            if let child = children.value(of: edge) {
                node = Int(child)
            } else {
                children.set(edge, to: UInt64(values.count))
                node = values.count
                values.append(-1)
            }
        }
        if values[node] < 0 { values[node] = value }
    }

    /// Where the leftmost match at or after `start` begins and ends, the longest one there, and its value.
    func firstMatch(in text: UnsafeBufferPointer<UInt8>, from start: Int) -> (range: Range<Int>, value: Int)? {
        var position = start
        while position < text.count {
            if firstBytes[Int(text[position])], let match = longestMatch(in: text, at: position) { return match }
            position += 1
        }
        return nil
    }

    private func longestMatch(
        in text: UnsafeBufferPointer<UInt8>, at start: Int
    ) -> (range: Range<Int>, value: Int)? {
        var node = 0
        var best: (range: Range<Int>, value: Int)?
        var position = start
        while position < text.count {
            guard let child = children.value(of: UInt64(node) << 8 | UInt64(text[position])) else { break }
            node = Int(child)
            position += 1
            if values[node] >= 0 { best = (start..<position, Int(values[node])) }
        }
        return best
    }
}
