/// Finds full blocks by their contents.
///
/// Several blocks may have the same contents: two sequences that compute the same prefix side by side both keep their
/// own. The one that came first is found.
struct PrefixCache: Sendable {
    private struct Entry: Sendable {
        var key: PrefixKey
        /// Key of the block before.
        var parent: PrefixKey
        /// Neighbours in the ring of blocks with the same key.
        var next: Int32
        var previous: Int32
    }

    let isOn: Bool
    private let blockTokens: Int
    private var entries: [Entry?]
    private var firstBlock: [PrefixKey: Int32] = [:]
    /// Tokens of the cached blocks: a hit has to hold for the tokens themselves, not only for their digest.
    private var tokens: [Int32]

    init(blockCount: Int, blockTokens: Int, isOn: Bool) {
        self.isOn = isOn
        self.blockTokens = blockTokens
        entries = [Entry?](repeating: nil, count: isOn ? blockCount : 0)
        tokens = [Int32](repeating: 0, count: isOn ? blockCount * blockTokens : 0)
    }

    func holds(_ block: Int32) -> Bool { isOn && entries[Int(block)] != nil }

    /// The block with these tokens behind `parent`.
    func find(_ key: PrefixKey, parent: PrefixKey, tokens wanted: ArraySlice<Int32>) -> Int32? {
        guard let block = firstBlock[key], let entry = entries[Int(block)], entry.parent == parent else { return nil }
        let start = Int(block) * blockTokens
        return tokens[start..<start + blockTokens].elementsEqual(wanted) ? block : nil
    }

    mutating func remember(_ block: Int32, key: PrefixKey, parent: PrefixKey, tokens contents: ArraySlice<Int32>) {
        guard isOn, entries[Int(block)] == nil, contents.count == blockTokens else { return }
        tokens.replaceSubrange(Int(block) * blockTokens..<(Int(block) + 1) * blockTokens, with: contents)
        guard let first = firstBlock[key], let last = entries[Int(first)]?.previous else {
            firstBlock[key] = block
            entries[Int(block)] = Entry(key: key, parent: parent, next: block, previous: block)
            return
        }
        entries[Int(block)] = Entry(key: key, parent: parent, next: first, previous: last)
        entries[Int(last)]?.next = block
        entries[Int(first)]?.previous = block
    }

    /// Takes a block out, because it is about to hold something else.
    mutating func forget(_ block: Int32) {
        guard isOn, let entry = entries[Int(block)] else { return }
        entries[Int(block)] = nil
        if entry.next == block {
            firstBlock[entry.key] = nil
            return
        }
        entries[Int(entry.previous)]?.next = entry.next
        entries[Int(entry.next)]?.previous = entry.previous
        if firstBlock[entry.key] == block { firstBlock[entry.key] = entry.next }
    }

    mutating func removeAll() {
        for index in entries.indices { entries[index] = nil }
        firstBlock.removeAll()
    }
}
