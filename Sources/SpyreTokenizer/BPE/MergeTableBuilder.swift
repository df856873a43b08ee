/// Resolves merge rules, given by the names of their two sides, against a vocabulary.
struct MergeTableBuilder {
    let source: String
    private let vocabulary: Vocabulary
    private var table: MergeTable
    private var rank: UInt32 = 0
    private var scratch: [UInt8] = []

    init(source: String, vocabulary: Vocabulary, expectedCount: Int) {
        self.source = source
        self.vocabulary = vocabulary
        table = MergeTable(minimumCapacity: min(max(expectedCount, 1), 1 << 22))
    }

    var finished: MergeTable { table }

    /// Adds the rule that joins `left` and `right` behind all earlier ones.
    mutating func add(
        left: UnsafeBufferPointer<UInt8>, right: UnsafeBufferPointer<UInt8>
    ) throws(TokenizerError) {
        scratch.removeAll(keepingCapacity: true)
        guard ByteAlphabet.appendDecoded(left, to: &scratch) else { throw unknown(left) }
        let middle = scratch.count
        guard ByteAlphabet.appendDecoded(right, to: &scratch) else { throw unknown(right) }
        let found = scratch.withUnsafeBufferPointer { joined in
            (
                vocabulary.spelledID(UnsafeBufferPointer(rebasing: joined[..<middle])),
                vocabulary.spelledID(UnsafeBufferPointer(rebasing: joined[middle...])),
                vocabulary.spelledID(joined)
            )
        }
        guard let leftID = found.0 else { throw unknown(left) }
        guard let rightID = found.1 else { throw unknown(right) }
        guard let token = found.2 else { throw unknown(left, right) }
        table.set(left: leftID, right: rightID, rank: rank, token: token)
        rank += 1
    }

    /// Adds a rule written as `left right`, with one space between.
    mutating func add(_ line: UnsafeBufferPointer<UInt8>) throws(TokenizerError) {
        guard let space = line.firstIndex(of: 0x20), !line[(space + 1)...].contains(0x20) else {
            let text = String(decoding: line, as: UTF8.self)
            throw .malformed(source: source, reason: "merge \(rank) is \(TokenizerError.quoted(text)), not two tokens")
        }
        try add(
            left: UnsafeBufferPointer(rebasing: line[..<space]),
            right: UnsafeBufferPointer(rebasing: line[(space + 1)...]))
    }

    private func unknown(_ sides: UnsafeBufferPointer<UInt8>...) -> TokenizerError {
        let token = sides.map { String(decoding: $0, as: UTF8.self) }.joined()
        return .inconsistent(
            source: source, reason: "merge \(rank) needs token \(TokenizerError.quoted(token)), which is not there")
    }
}
