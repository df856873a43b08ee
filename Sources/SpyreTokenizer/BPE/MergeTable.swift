/// The merge rules: which neighbours join into which token, and how early.
struct MergeTable: Sendable {
    private var table: PairTable

    init(minimumCapacity: Int) {
        table = PairTable(minimumCapacity: minimumCapacity)
    }

    private static func key(_ left: Int32, _ right: Int32) -> UInt64 {
        UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
    }

    /// A pair that is listed twice has the rank of its last mention, as in Hugging Face `tokenizers`.
    mutating func set(left: Int32, right: Int32, rank: UInt32, token: Int32) {
        table.set(Self.key(left, right), to: UInt64(rank) << 32 | UInt64(UInt32(bitPattern: token)))
    }

    /// Rank and resulting token of joining `left` and `right`; nil if no rule joins them.
    func merge(_ left: Int32, _ right: Int32) -> (rank: UInt32, token: Int32)? {
        guard let value = table.value(of: Self.key(left, right)) else { return nil }
        return (UInt32(value >> 32), Int32(truncatingIfNeeded: value))
    }
}
