/// Which physical blocks the sequences of a batch have.
struct BlockTables: Equatable {
    let blockTokens: Int
    /// Tokens of each sequence.
    let lengths: [Int]
    /// Tokens that all sequences have in the same blocks.
    let shared: Int
    /// Physical block of every logical block of each sequence. Block 0 is nobody's.
    let tables: [[Int32]]
    /// Blocks of the cache, block 0 included.
    let count: Int

    /// As paging leaves them: the blocks of all sequences in an order that a seed shuffles.
    static func scattered(
        _ lengths: [Int], shared: Int, blockTokens: Int, seed: UInt64 = 7
    ) -> BlockTables {
        let sharedBlocks = shared / blockTokens
        let own = lengths.map { ($0 + blockTokens - 1) / blockTokens - sharedBlocks }
        var physical = (0..<sharedBlocks + own.reduce(0, +)).map { Int32($0 + 1) }
        var random = RandomValues(seed: seed)
        for last in stride(from: physical.count - 1, to: 0, by: -1) {
            physical.swapAt(last, random.index(below: last + 1))
        }
        var rest = physical.dropFirst(sharedBlocks)
        let tables = own.map { count in
            defer { rest = rest.dropFirst(count) }
            return Array(physical.prefix(sharedBlocks) + rest.prefix(count))
        }
        return BlockTables(
            blockTokens: blockTokens, lengths: lengths, shared: shared, tables: tables, count: physical.count + 1)
    }

    /// One sequence behind the other in order, nothing shared: a contiguous cache.
    static func contiguous(_ lengths: [Int], blockTokens: Int) -> BlockTables {
        var next: Int32 = 1
        let tables = lengths.map { length in
            let count = Int32((length + blockTokens - 1) / blockTokens)
            defer { next += count }
            return Array(next..<next + count)
        }
        return BlockTables(blockTokens: blockTokens, lengths: lengths, shared: 0, tables: tables, count: Int(next))
    }

    /// Tokens that the cache holds: shared ones once.
    var distinctTokens: Int { lengths.reduce(0, +) - shared * (lengths.count - 1) }

    var maximumBlocks: Int { tables.map(\.count).max() ?? 1 }

    /// `[sequences][maximumBlocks]`; what a sequence does not have is block 0.
    var rows: [Int32] {
        tables.flatMap { $0 + [Int32](repeating: 0, count: maximumBlocks - $0.count) }
    }

    func slot(sequence: Int, token: Int) -> Int32 {
        tables[sequence][token / blockTokens] * Int32(blockTokens) + Int32(token % blockTokens)
    }
}
