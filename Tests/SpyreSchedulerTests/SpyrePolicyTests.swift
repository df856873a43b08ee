import Testing

@testable import SpyreScheduler

@Suite struct SpyrePolicyTests {
    private func policy(
        sequences: Int = 4, length: Int = 2048, chunk: Int = 128, limit: Int? = nil, blocks: Int = 200,
        caching: Bool = true, interleaves: Bool = true, pauses: Bool = true, longFirst: Bool = false
    ) throws -> SpyrePolicy {
        try SpyrePolicy(
            limits: SpyreLimits(
                maximumSequences: sequences, maximumModelLength: length, chunkTokens: chunk, batchTKVLimit: limit,
                interleaves: interleaves, pauses: pauses, favoursLongOutputs: longFirst),
            pool: BlockPool(blockCount: blocks, cachesPrefixes: caching, freedOrder: .first))
    }

    /// Chunks and padding of a prompt, as the plugin's tests give them.
    @Test(arguments: [(95, 1, 0), (51, 1, 64), (260, 3, 64), (251, 2, 0)])
    func chunksAndPadding(_ length: Int, _ chunks: Int, _ padding: Int) throws {
        var policy = try policy()
        try policy.add(request(0, length))
        var items: [ScheduledItem] = []
        for _ in 0...chunks where items.last?.samples != true { items += try policy.step().items }
        #expect(items.count == chunks)
        #expect(items.allSatisfy { $0.leftPadding == padding && $0.slotBlocks.count == 2 })
        #expect(items.reduce(0) { $0 + $1.count } == length)
    }

    /// The same prompt twice, then the prompt without its last 128 tokens; what the plugin reports as found.
    @Test(arguments: [
        (53, 0, nil), (127, 0, nil), (144, 64, 0), (250, 128, 0), (299, 192, 64), (350, 256, 128), (420, 320, 192),
    ])
    func reportedHits(_ length: Int, _ whole: Int, _ shorter: Int?) throws {
        for (second, expected) in [(length, whole), (length - 128, shorter)] {
            guard let expected else { continue }
            var policy = try policy()
            try policy.add(request(0, length, new: 1, shared: length))
            try policy.stepsToTheEnd()
            try policy.add(request(1, second, new: 1, shared: second))
            try policy.stepsToTheEnd()
            #expect(policy.pool.hits.hitTokens == expected, "\(second)")
        }
    }

    /// With a hit of one block the count of computed tokens is a block ahead of the first chunk. That block was not run
    /// yet, and must not be found when the request is cancelled.
    @Test func whatWasCountedButNotRunIsNotFound() throws {
        var policy = try policy(chunk: 256)
        try policy.add(request(0, 64, new: 1, shared: 64))
        try policy.step()
        try policy.add(request(1, 512, shared: 64))
        let step = try policy.step()
        #expect(step.items.map { [$0.start, $0.count] } == [[0, 256]])
        let blocks = policy.blocks(1)
        #expect(blocks.count == 5)
        #expect(blocks.map { policy.pool.cache.holds($0) } == [true, true, true, true, false])
        var cancelled = policy
        try cancelled.cancel(RequestID(1))
        #expect(blocks.map { cancelled.pool.cache.holds($0) } == [true, true, true, true, false])
        try policy.step()
        #expect(policy.blocks(1).allSatisfy { policy.pool.cache.holds($0) })
    }

    @Test func blockCounts() throws {
        for (sequences, length, count) in [(16, 3072, 784), (4, 8192, 516), (4, 512, 36)] {
            let limits = SpyreLimits(maximumSequences: sequences, maximumModelLength: length)
            #expect(try limits.blockCount() == count)
            #expect(try limits.blockCount(override: count + sequences - 1) == count)
            #expect(throws: ConfigurationError.self) { try limits.blockCount(override: sequences) }
        }
        let limited = SpyreLimits(maximumSequences: 4, maximumModelLength: 512, batchTKVLimit: 1024)
        #expect(try limited.blockCount(override: 20) == 20)
        #expect(throws: ConfigurationError.tooFewBlocks(needed: 17, capacity: 16)) {
            try limited.blockCount(override: 19)
        }
    }

    /// Rows of 62 and 63 tokens: the cache length grows by a block when the first of them begins one, and shrinks when
    /// both have.
    @Test func theCacheLengthJumpsAndShrinks() throws {
        var policy = try policy(caching: false)
        try policy.add(request(0, 62))
        try policy.step()
        try policy.add(request(1, 63))
        var lengths: [Int] = []
        for _ in 0..<5 { lengths.append(try policy.step().tkv) }
        // 63; prefill of 63; 64 in both rows; 65 in one, the other padded; then both.
        #expect(lengths == [63, 63, 64, 65, 66])
    }

    @Test func pausesTakeTurns() throws {
        var policy = try policy(sequences: 3, length: 128, limit: 140, interleaves: false)
        for id in 0..<3 { try policy.add(request(id, 60, new: 40)) }
        var decodes = [0, 0, 0]
        var parked = 0
        for round in 0...10_000 where !policy.isIdle {
            guard round < 10_000 else { throw Endless(limit: round) }
            let step = try policy.step()
            guard step.items.first?.slotBlocks.isEmpty == true else { continue }
            #expect(step.items.count * step.tkv <= 140)
            for id in step.ids { decodes[id] += 1 }
            parked = max(parked, policy.pausedCount)
            if !policy.isIdle, decodes.max() ?? 0 < 39 {
                #expect((decodes.max() ?? 0) - (decodes.min() ?? 0) <= 2, "\(decodes)")
            }
        }
        #expect(decodes == [39, 39, 39])
        #expect(parked == 2)
        #expect(policy.pauseEvents > 0)
        #expect(policy.pauseEvents == policy.resumeEvents)
    }

    @Test(arguments: [(false, [1]), (true, [0])]) func whoGoesOnAmongEquals(_ longFirst: Bool, _ ids: [Int]) throws {
        var policy = try policy(sequences: 2, length: 128, limit: 80, longFirst: longFirst)
        try policy.add(request(0, 10, new: 40))
        for _ in 0..<10 { try policy.step() }
        try policy.add(request(1, 50, new: 20))
        try policy.step()
        // 21 and 51 tokens do not fit in 80 together.
        #expect(try policy.step().ids == ids)
        #expect(policy.pausedCount == 1)
    }

    @Test func nothingStartsWhileSomebodyIsParked() throws {
        var policy = try policy(sequences: 3, length: 128, limit: 140)
        for id in 0..<2 { try policy.add(request(id, 75, new: 10)) }
        try policy.steps(until: { $0.pausedCount > 0 })
        try policy.add(request(2, 10, new: 1))
        #expect(try policy.step().items.allSatisfy { $0.slotBlocks.isEmpty })
        #expect(policy.waiting == [RequestID(2)])
        try policy.stepsToTheEnd()
    }

    /// Without pausing a request waits until rows times cache length stays below the limit to the end: its own end is
    /// 64 + 10 - 1 rounded up to 128, and a block more, twice.
    @Test(arguments: [(384, true), (383, false)]) func looksAheadWithoutPausing(_ limit: Int, _ starts: Bool) throws {
        var policy = try policy(sequences: 2, length: 128, limit: limit, interleaves: false, pauses: false)
        try policy.add(request(0, 60, new: 20))
        try policy.step()
        try policy.add(request(1, 60, new: 20))
        #expect(try policy.step().ids == (starts ? [1] : [0]))
    }

    /// Without pausing the volume differs from request to request: a later one may fit.
    @Test func laterOnesOvertakeWithoutPausing() throws {
        var policy = try policy(sequences: 3, length: 1024, limit: 640, interleaves: false, pauses: false)
        try policy.add(request(0, 60, new: 60))
        try policy.step()
        try policy.add(request(1, 500, new: 100))
        try policy.add(request(2, 60, new: 20))
        #expect(try policy.step().ids == [2])
        #expect(policy.waiting == [RequestID(1)])
        try policy.stepsToTheEnd()
    }

    @Test func requestsThatCanNeverRunAreRefused() throws {
        var policy = try policy(limit: 100)
        #expect(throws: RequestRefusal.exceedsBatchLimit(tokens: 101, limit: 100)) {
            try policy.add(request(0, 92, new: 10))
        }
        try policy.add(request(0, 91, new: 10))
        #expect(throws: RequestRefusal.tooLong(prompt: 2040, newTokens: 16, limit: 2048)) {
            try policy.add(request(1, 2040))
        }
        var small = try self.policy(blocks: 3)
        #expect(throws: RequestRefusal.needsMoreBlocks(needed: 3, capacity: 2)) { try small.add(request(0, 113)) }
    }

    @Test func variablesOfTheEnvironment() throws {
        var limits = SpyreLimits(maximumSequences: 4, maximumModelLength: 512)
        try limits.apply(environment: [:])
        #expect(limits == SpyreLimits(maximumSequences: 4, maximumModelLength: 512))
        try limits.apply(environment: [
            "VLLM_DT_MAX_BATCH_TKV_LIMIT": "777", "SENDNN_INFERENCE_CP_INTERLEAVE_STEPS": "0",
            "SENDNN_INFERENCE_PAUSING_ENABLED": "0", "SENDNN_INFERENCE_LONG_OUT_PRIO": "1",
        ])
        #expect(limits.batchTKVLimit == 777)
        #expect(!limits.interleaves && !limits.pauses && limits.favoursLongOutputs)
        #expect(throws: ConfigurationError.self) { try limits.apply(environment: ["VLLM_DT_MAX_BATCH_TKV_LIMIT": "0"]) }
        #expect(throws: ConfigurationError.self) {
            try limits.apply(environment: ["SENDNN_INFERENCE_PAUSING_ENABLED": "yes"])
        }
        #expect(throws: ConfigurationError.chunkNotWholeBlocks(chunk: 42, blockTokens: 64)) { try policy(chunk: 42) }
    }
}
