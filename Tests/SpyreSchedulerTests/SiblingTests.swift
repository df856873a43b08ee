import Testing

@testable import SpyreScheduler

/// Several sequences of one prompt under the continuous policy: copy-on-write of KV blocks.
@Suite struct SiblingTests {
    private func policy(blocks: Int = 20, sequences: Int = 8, caches: Bool = false) throws -> ContinuousPolicy {
        try ContinuousPolicy(
            limits: ContinuousLimits(maximumSequences: sequences, maximumModelLength: 512),
            pool: BlockPool(blockCount: blocks, blockTokens: 4, cachesPrefixes: caches))
    }

    private func request(prompt: Int, siblings: Int, newTokens: Int = 20) -> SchedulerRequest {
        SchedulerRequest(
            id: RequestID(0), prompt: (0..<Int32(prompt)).map { $0 }, maximumNewTokens: newTokens,
            siblings: (0..<siblings).map { RequestID(1 + $0) })
    }

    private func tokens(_ ids: some Sequence<Int>, _ token: Int32 = 7, ends: Bool = false) -> [SampledToken] {
        ids.map { SampledToken(request: RequestID($0), token: token, ends: ends) }
    }

    @Test func theLastHolderWritesInPlace() throws {
        var policy = try policy()
        try policy.add(request(prompt: 6, siblings: 2))
        #expect(policy.waitingCount == 1)
        let prefill = try policy.schedule()
        #expect(prefill.items.map(\.count) == [6])
        #expect(prefill.copies == [])
        try policy.complete(tokens(0...2))
        #expect(policy.running == [0, 1, 2].map(RequestID.init))
        let step = try policy.schedule()
        let shared = prefill.items[0].blocks
        #expect(step.items.map { $0.blocks[0] } == [shared[0], shared[0], shared[0]])
        #expect(step.copies.map(\.source) == [shared[1], shared[1]])
        #expect(step.copies.map(\.target) == [step.items[0].blocks[1], step.items[1].blocks[1]])
        #expect(step.items[2].blocks == shared)
        #expect(policy.pool.usedCount == 4)
        for id in 0...2 { try policy.cancel(RequestID(id)) }
        #expect(policy.isIdle && policy.pool.usedCount == 0)
    }

    /// A prompt of whole blocks is shared and never copied.
    @Test func wholeBlocksAreNotCopied() throws {
        var policy = try policy()
        try policy.add(request(prompt: 8, siblings: 3))
        _ = try policy.schedule()
        try policy.complete(tokens(0...3))
        let step = try policy.schedule()
        #expect(step.copies == [])
        #expect(policy.pool.usedCount == 2 + 4)
    }

    @Test func aSiblingMayEndWithItsFirstToken() throws {
        var policy = try policy()
        try policy.add(request(prompt: 6, siblings: 2))
        _ = try policy.schedule()
        let ended = try policy.complete(tokens([0], ends: true) + tokens([1]) + tokens([2], ends: true))
        #expect(ended == [RequestID(0), RequestID(2)])
        #expect(policy.running == [RequestID(1)])
        #expect(try policy.schedule().copies == [])
        #expect(policy.pool.usedCount == 2)
    }

    /// Whoever is left runs the prompt.
    @Test func aSiblingTakesTheLead() throws {
        var policy = try policy()
        try policy.add(request(prompt: 6, siblings: 2))
        try policy.cancel(RequestID(0))
        try policy.cancel(RequestID(2))
        let step = try policy.schedule()
        #expect(step.items.map(\.request) == [RequestID(1)])
        #expect(step.items.map(\.count) == [6])
        try policy.complete(tokens([1], ends: true))
        #expect(policy.isIdle && policy.pool.usedCount == 0)
        #expect(try policy.cancel(RequestID(2)) == false)
    }

    /// Four blocks: three sequences do not fit side by side.
    @Test func copiesAreMadeWhenThereAreBlocks() throws {
        var policy = try policy(blocks: 5)
        try policy.add(request(prompt: 6, siblings: 2, newTokens: 6))
        _ = try policy.schedule()
        try policy.complete(tokens(0...2))
        var counts: [RequestID: Int] = [:]
        var steps = 0
        while !policy.isIdle, steps < 100 {
            steps += 1
            let step = try policy.schedule()
            let written = step.items.flatMap { item in
                (item.start..<item.start + item.count).map { item.blocks[$0 / 4] }
            }
            // A block that is written has one holder.
            #expect(written.allSatisfy { policy.pool.referenceCount(of: $0) == 1 })
            let sampled = step.items.filter(\.samples).map(\.request)
            for id in sampled { counts[id, default: 1] += 1 }
            try policy.complete(sampled.map { SampledToken(request: $0, token: 9) })
        }
        #expect(policy.isIdle && policy.pool.usedCount == 0)
        #expect(counts == [RequestID(0): 6, RequestID(1): 6, RequestID(2): 6])
        #expect(policy.preemptions > 0)
    }

    @Test func idsAreNotUsedTwice() throws {
        var policy = try policy()
        try policy.add(request(prompt: 6, siblings: 2))
        #expect(throws: RequestRefusal.knownAlready(RequestID(2))) {
            try policy.add(SchedulerRequest(id: RequestID(2), prompt: [1], maximumNewTokens: 1))
        }
        var card = try SpyrePolicy(
            limits: SpyreLimits(maximumSequences: 2, maximumModelLength: 64, chunkTokens: 64),
            pool: BlockPool(blockCount: 9))
        #expect(throws: RequestRefusal.hasSiblings) { try card.add(request(prompt: 6, siblings: 1)) }
    }
}
