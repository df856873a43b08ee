import Testing

@testable import SpyreBenchmark

@Suite struct BatchMixTests {
    @Test func lengthsFollowTheirFormula() {
        #expect(BatchMix.uniform.lengths(sequences: 3, context: 100) == [100, 100, 100])
        #expect(BatchMix.zipf.lengths(sequences: 5, context: 100) == [100, 50, 34, 25, 20])
        #expect(BatchMix.oneLong.lengths(sequences: 3, context: 100) == [100, 7, 7])
        #expect(BatchMix.sharedPrefix.lengths(sequences: 2, context: 100) == [100, 100])
        for mix in BatchMix.allCases {
            let lengths = mix.lengths(sequences: 9, context: 3)
            #expect(lengths.count == 9 && lengths.min() == 1 || mix == .uniform || mix == .sharedPrefix)
            #expect(lengths.max() == lengths.first)
        }
    }

    @Test func prefixesAreWholeBlocks() {
        for tokens in PagedAttentionCase.blockSizes {
            let shared = BatchMix.sharedPrefix.sharedTokens(sequences: 4, context: 1000, blockTokens: tokens)
            #expect(shared % tokens == 0 && shared <= 500 && shared > 500 - tokens)
            #expect(BatchMix.zipf.sharedTokens(sequences: 4, context: 1000, blockTokens: tokens) == 0)
        }
        #expect(BatchMix.sharedPrefix.sharedTokens(sequences: 1, context: 1000, blockTokens: 16) == 0)
    }

    /// Every block of the cache but block 0 belongs to one sequence, or to the prefix of all.
    @Test(arguments: PagedAttentionCase.blockSizes) func scatteredBlocksAreAPermutation(tokens: Int) {
        let lengths = [1000, 500, 334, 17]
        let blocks = BlockTables.scattered(lengths, shared: 0, blockTokens: tokens)
        let all = blocks.tables.flatMap { $0 }
        #expect(all.sorted() == (1..<blocks.count).map { Int32($0) })
        #expect(all != all.sorted())
        #expect(blocks.tables.map(\.count) == lengths.map { ($0 + tokens - 1) / tokens })
        #expect(blocks == BlockTables.scattered(lengths, shared: 0, blockTokens: tokens))
        #expect(blocks.distinctTokens == 1851)
        #expect(blocks.rows.count == 4 * blocks.maximumBlocks)
        // Tokens of a block follow one another in its slots.
        let slots = (0..<1000).map { blocks.slot(sequence: 0, token: $0) }
        #expect(Set(slots).count == 1000)
        #expect(slots.indices.allSatisfy { Int(slots[$0]) % tokens == $0 % tokens })
    }

    @Test func aPrefixIsInTheCacheOnce() {
        let blocks = BlockTables.scattered([256, 256, 256], shared: 128, blockTokens: 64)
        #expect(blocks.count == 1 + 2 + 3 * 2)
        #expect(Set(blocks.tables.map { $0.prefix(2) }).count == 1)
        #expect(Set(blocks.tables.flatMap { $0.suffix(2) }).count == 6)
        #expect(blocks.distinctTokens == 128 * 4)
    }

    @Test func contiguousBlocksAreInOrder() {
        let blocks = BlockTables.contiguous([130, 64, 1], blockTokens: 64)
        #expect(blocks.tables == [[1, 2, 3], [4], [5]])
        #expect(blocks.count == 6)
        #expect(blocks.rows == [1, 2, 3, 4, 0, 0, 5, 0, 0])
    }
}
