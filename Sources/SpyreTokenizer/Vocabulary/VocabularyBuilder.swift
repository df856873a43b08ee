/// Collects the tokens of a file and checks them: ids in range and unique, names unique.
struct VocabularyBuilder {
    /// The most tokens and the largest id accepted; far above any published vocabulary.
    static let maximumID = 1 << 24
    /// Ids may leave gaps, but a table sized by the largest id has to stay in proportion to the file.
    private static let maximumGap = 1 << 16

    let source: String
    private var tokens = TokenArena()
    private var ids: [Int32] = []
    private var flags: [TokenFlags] = []
    private var names = TokenArena()
    private var nameEntries: [Int32] = []
    private var largestID = -1

    init(source: String, expectedCount: Int = 0) {
        self.source = source
        let count = min(expectedCount, 1 << 20)
        tokens.reserve(strings: count, total: count * 8)
        ids.reserveCapacity(count)
        flags.reserveCapacity(count)
    }

    var count: Int { ids.count }

    /// Adds a token by its name, which is valid UTF-8.
    mutating func add(
        _ name: UnsafeBufferPointer<UInt8>, id: Int, flags extra: TokenFlags = []
    ) throws(TokenizerError) {
        guard id >= 0, id <= Self.maximumID else {
            throw .malformed(source: source, reason: "token id \(id) is outside 0...\(Self.maximumID)")
        }
        var flags = extra
        let stored = tokens.append { bytes in
            if ByteAlphabet.appendDecoded(name, to: &bytes) {
                flags.insert(.spelled)
            } else {
                bytes.append(contentsOf: name)
            }
        }
        guard stored else { throw .malformed(source: source, reason: "the vocabulary is larger than 4 GiB") }
        if flags.contains(.added) || !flags.contains(.spelled) { try addName(name, entry: ids.count) }
        ids.append(Int32(id))
        self.flags.append(flags)
        largestID = max(largestID, id)
    }

    private mutating func addName(_ name: UnsafeBufferPointer<UInt8>, entry: Int) throws(TokenizerError) {
        guard names.append({ $0.append(contentsOf: name) }) else {
            throw .malformed(source: source, reason: "the vocabulary is larger than 4 GiB")
        }
        nameEntries.append(Int32(entry))
    }

    /// Refuses a largest id that is out of proportion to the number of tokens.
    static func check(largestID: Int, count: Int, source: String) throws(TokenizerError) {
        guard largestID >= 0, largestID <= maximumID, largestID < count * 4 + maximumGap else {
            throw .malformed(source: source, reason: "token id \(largestID) in a vocabulary of \(count) tokens")
        }
    }

    /// The finished tables.
    func build() throws(TokenizerError) -> Vocabulary {
        guard !ids.isEmpty else { throw .malformed(source: source, reason: "the vocabulary is empty") }
        try Self.check(largestID: largestID, count: ids.count, source: source)
        return Vocabulary(
            tokens: tokens, entries: try entriesByID(), ids: ids, flags: flags, spelled: try spelledIndex(),
            names: names, nameIndex: try nameIndex(), nameEntries: nameEntries, byteIDs: byteIDs())
    }

    private func entriesByID() throws(TokenizerError) -> [Int32] {
        var entries = [Int32](repeating: -1, count: largestID + 1)
        for (entry, id) in ids.enumerated() {
            guard entries[Int(id)] < 0 else {
                throw .malformed(source: source, reason: "two tokens have id \(id)")
            }
            entries[Int(id)] = Int32(entry)
        }
        return entries
    }

    private func spelledIndex() throws(TokenizerError) -> ByteStringIndex {
        var index = ByteStringIndex(minimumCapacity: ids.count)
        for entry in ids.indices where flags[entry].contains(.spelled) && !tokens.range(entry).isEmpty {
            if let earlier = index.insert(entry, of: tokens) {
                throw .malformed(source: source, reason: "ids \(ids[earlier]) and \(ids[entry]) are the same token")
            }
        }
        return index
    }

    private func nameIndex() throws(TokenizerError) -> ByteStringIndex {
        var index = ByteStringIndex(minimumCapacity: names.count)
        for name in 0..<names.count {
            guard let earlier = index.insert(name, of: names), nameEntries[earlier] != nameEntries[name] else {
                continue
            }
            throw .malformed(
                source: source,
                reason: "ids \(ids[Int(nameEntries[earlier])]) and \(ids[Int(nameEntries[name])]) are the same token")
        }
        return index
    }

    private func byteIDs() -> [Int32] {
        var table = [Int32](repeating: -1, count: 256)
        for entry in ids.indices where flags[entry].contains(.spelled) {
            let range = tokens.range(entry)
            if range.count == 1, let byte = tokens.bytes[range].first { table[Int(byte)] = ids[entry] }
        }
        return table
    }
}
