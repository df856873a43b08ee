import Testing

@testable import SpyreScheduler

/// What vLLM's own tests of its block pool and prefix cache (V1) say, through the continuous policy.
///
/// Not here, because there is nothing that they could hold: blocks looked ahead for speculative tokens, and hits of
/// sliding-window and chunked-local attention.
@Suite struct BlockPoolTests {
    @Test func prefillChain() throws {
        var policy = try continuous(blocks: 11)
        try policy.add(request(0, 55, new: 1, shared: 48))
        try policy.add(request(1, 53, new: 1, shared: 48))
        _ = try policy.schedule()
        #expect(policy.blocks(0) == [1, 2, 3, 4])
        #expect([1, 2, 3, 4].map { policy.pool.cache.holds($0) } == [true, true, true, false])
        #expect(policy.blocks(1) == [1, 2, 3, 5])
        #expect([1, 2, 3].map { policy.pool.referenceCount(of: $0) } == [2, 2, 2])
        #expect(policy.pool.freeCount == 5)
        try policy.cancel(RequestID(0))
        try policy.cancel(RequestID(1))
        #expect(policy.pool.free.blocks == [6, 7, 8, 9, 10, 4, 5, 3, 2, 1])
        try policy.add(request(2, 53, new: 1, shared: 48))
        _ = try policy.schedule()
        #expect(policy.blocks(2) == [1, 2, 3, 6])
        #expect(policy.pool.freeCount == 6)
        try policy.cancel(RequestID(2))
        try policy.add(request(3, 160, new: 1))
        _ = try policy.schedule()
        #expect(policy.blocks(3) == [7, 8, 9, 10, 4, 5, 6, 3, 2, 1])
        #expect(policy.pool.freeCount == 0)
    }

    @Test func evictsWhatWasUsedLongestAgoAndTailsFirst() throws {
        var policy = try continuous(blocks: 11)
        try policy.add(request(0, 87, new: 1, shared: 80))
        try policy.add(request(1, 48, new: 1))
        _ = try policy.schedule()
        #expect(policy.pool.freeCount == 1)
        try policy.cancel(RequestID(0))
        try policy.cancel(RequestID(1))
        #expect(policy.pool.free.blocks == [10, 6, 5, 4, 3, 2, 1, 9, 8, 7])
        try policy.add(request(2, 35, new: 1, shared: 32))
        _ = try policy.schedule()
        #expect(policy.blocks(2) == [1, 2, 10])
        #expect(policy.pool.freeCount == 7)
    }

    @Test func decodeTakesABlockWhenOneIsFull() throws {
        var policy = try continuous(blocks: 11)
        try policy.add(request(0, 55, new: 40))
        for _ in 0..<5 { try policy.step() }
        #expect(policy.blocks(0).count == 4)
        #expect(!policy.pool.cache.holds(4))
        for _ in 0..<19 { try policy.step() }
        #expect(policy.blocks(0).count == 5)
        #expect(policy.pool.cache.holds(4))
    }

    @Test func aBlockThatIsUsedAgainIsNoLongerFound() throws {
        var policy = try continuous(blocks: 2)
        try policy.add(request(0, 16, new: 1))
        try policy.step()
        #expect(policy.pool.cache.holds(1))
        try policy.add(request(1, 15, new: 1))
        _ = try policy.schedule()
        #expect(policy.blocks(1) == [1])
        #expect(!policy.pool.cache.holds(1))
    }

    @Test func aHitIsNotEvictedForItsOwnSequence() throws {
        var policy = try continuous(blocks: 3)
        try policy.add(request(0, 32, new: 1, shared: 32))
        try policy.step()
        #expect(policy.pool.free.blocks == [2, 1])
        try policy.add(request(1, 32, new: 1, shared: 16))
        _ = try policy.schedule()
        #expect(policy.blocks(1) == [1, 2])
        #expect(policy.pool.hits.hitTokens == 16)
    }

    @Test func withoutCaching() throws {
        var pool = BlockPool(blockCount: 5, blockTokens: 4, cachesPrefixes: false)
        var first = SequenceState(request(0, 10, shared: 10))
        let (hits, fits) = (first.findPrefix(in: pool), first.grow(to: 10, pool: &pool))
        #expect(hits.isEmpty && fits)
        #expect(first.blocks.count == 3)
        first.advance(to: 10, pool: &pool)
        try first.release(to: &pool)
        var second = SequenceState(request(1, 16, shared: 10))
        let (hitsAgain, fitsAgain) = (second.findPrefix(in: pool), second.grow(to: 16, pool: &pool))
        #expect(hitsAgain.isEmpty && fitsAgain)
        #expect(second.blocks.count == 4)
        let fitsMore = second.grow(to: 20, pool: &pool)
        #expect(!fitsMore)
        #expect(second.blocks.count == 4)
    }

    @Test func whoDoesNotFitTakesNoReferences() throws {
        var policy = try continuous(blocks: 11)
        try policy.add(request(0, 48, new: 16, shared: 48))
        _ = try policy.schedule()
        try policy.add(request(1, 32, new: 16))
        _ = try policy.schedule()
        #expect(policy.pool.freeCount == 5)
        // 3 blocks are there, 6 more would be needed.
        try policy.add(request(2, 144, new: 1, shared: 48))
        #expect(try policy.schedule().isEmpty)
        #expect(policy.waiting == [RequestID(2)])
        #expect([1, 2, 3].map { policy.pool.referenceCount(of: $0) } == [1, 1, 1])
        #expect((6...10).map { policy.pool.referenceCount(of: $0) } == [0, 0, 0, 0, 0])
    }

    /// vLLM puts the salt into the key of the first block only. Here it is in the key before the first block, and every
    /// key covers the one before it, to the same effect.
    @Test func saltsKeepPrefixesApart() throws {
        var policy = try continuous()
        var hits: [Int] = []
        for (id, salt) in ["salt1", "salt1", "salt2"].enumerated() {
            let before = policy.pool.hits.hitTokens
            try policy.add(request(id, 59, new: 6, shared: 59, salt: salt))
            _ = try policy.schedule()
            hits.append(policy.pool.hits.hitTokens - before)
        }
        #expect(hits == [0, 48, 0])
        let block = try #require(policy.blocks(2).last)
        #expect(!policy.pool.cache.holds(block))
        for _ in 0..<5 {
            try policy.complete([SampledToken(request: RequestID(2), token: 7)])
            _ = try policy.schedule()
        }
        #expect(policy.pool.cache.holds(block))
    }

    @Test func adaptersAndModelsKeepPrefixesApart() {
        let keys = [
            PrefixIdentity(), PrefixIdentity(model: "a"), PrefixIdentity(adapter: "a"), PrefixIdentity(salt: "a"),
            PrefixIdentity(model: "ab"), PrefixIdentity(model: "a", adapter: "b"),
        ].map(PrefixKey.init)
        #expect(Set(keys).count == keys.count)
        #expect(PrefixKey(PrefixIdentity(model: "a")) == keys[1])
    }

    /// A digest that two contents had in common would not be enough for a hit.
    @Test func tokensAreCompared() {
        var cache = PrefixCache(blockCount: 3, blockTokens: 2, isOn: true)
        let root = PrefixKey(PrefixIdentity()), tokens: [Int32] = [1, 2, 3, 4]
        let key = PrefixKey(parent: root, tokens: tokens[0..<2])
        cache.remember(1, key: key, parent: root, tokens: tokens[0..<2])
        #expect(cache.find(key, parent: root, tokens: tokens[0..<2]) == 1)
        #expect(cache.find(key, parent: root, tokens: tokens[2..<4]) == nil)
        #expect(cache.find(key, parent: key, tokens: tokens[0..<2]) == nil)
    }

    @Test func equalBlocksAreFoundWhileOneIsLeft() {
        var cache = PrefixCache(blockCount: 4, blockTokens: 1, isOn: true)
        let root = PrefixKey(PrefixIdentity()), tokens: [Int32] = [5]
        let key = PrefixKey(parent: root, tokens: tokens[...])
        for block: Int32 in 1...3 { cache.remember(block, key: key, parent: root, tokens: tokens[...]) }
        for (forgotten, found): (Int32, Int32?) in [(1, 2), (3, 2), (2, nil)] {
            cache.forget(forgotten)
            #expect(cache.find(key, parent: root, tokens: tokens[...]) == found)
        }
    }

    @Test func hitRateOverAWindow() {
        var hits = HitStatistics(window: 5)
        #expect(hits.rate == 0)
        for (requests, tokens, found, rate) in [
            (1, 20, 9, 0.45), (4, 80, 16, 0.25), (1, 10, 2, 0.2), (0, 5, 5, 0.2), (11, 20, 10, 0.5), (22, 40, 30, 0.75),
        ] {
            hits.record(requests: requests, tokens: tokens, hits: found)
            #expect(hits.rate == rate)
        }
        #expect(hits.hitTokens == 67)
    }

    /// vLLM throws at the last; here there is no first block.
    @Test func freeList() {
        var list = FreeBlockList(blockCount: 6)
        #expect(list.count == 5)
        list.remove(1)
        #expect(list.count == 4)
        list.remove(3)
        #expect(list.count == 3)
        list.append(3)
        #expect(list.count == 4)
        #expect(list.blocks == [2, 4, 5, 3])
        for _ in 0..<4 { if let first = list.first { list.remove(first) } }
        #expect(list.count == 0)
        #expect(list.blocks.isEmpty)
    }

    @Test func wrongReleasesAreErrors() throws {
        var pool = BlockPool(blockCount: 4)
        let allocated = pool.allocate()
        let block = try #require(allocated)
        #expect(throws: BlockPoolError.unknownBlock(0)) { try pool.release([0]) }
        #expect(throws: BlockPoolError.unknownBlock(4)) { try pool.release([4]) }
        #expect(throws: BlockPoolError.unknownBlock(-1)) { try pool.release([-1]) }
        try pool.release([block])
        #expect(throws: BlockPoolError.freedTwice(block)) { try pool.release([block]) }
    }

    @Test func theCacheIsResetOnlyWhenNobodyUsesIt() throws {
        var policy = try continuous(blocks: 101)
        for id in 0..<10 { try policy.add(request(id, 40, shared: 32)) }
        _ = try policy.schedule()
        #expect(policy.runningCount == 10)
        let whileUsed = policy.resetPrefixCache()
        try policy.sendAllBack()
        let afterwards = policy.resetPrefixCache()
        #expect(!whileUsed && afterwards)
        #expect(policy.waiting.map(\.number) == Array(0..<10))
        #expect(policy.pool.freeCount == 100)
        let hits = policy.pool.hits.hitTokens
        _ = try policy.schedule()
        // The first of them has to compute the prefix again.
        #expect(policy.pool.hits.hitTokens - hits == 9 * 32)
    }
}
