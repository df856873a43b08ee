import Testing

@testable import SpyreScheduler

/// What vLLM's own tests of its scheduler (V1, and V0 with chunked prefill) say. Ends by stop strings and by
/// end-of-sequence tokens are the engine's: here they are `SampledToken.ends`.
@Suite struct ContinuousPolicyTests {
    @Test func concurrentPartialPrefills() throws {
        var policy = try continuous(budget: 1024, longPrefill: 400)
        for id in 0..<3 { try policy.add(request(id, 800)) }
        #expect(try policy.step().items.map(\.count) == [400, 400, 224])
        #expect(try policy.step().items.map(\.count) == [400, 400, 224])
        #expect(try policy.step().items.map(\.count) == [1, 1, 352])
    }

    @Test(arguments: [(true, 2), (false, 1)]) func nobodySkipsAhead(_ chunks: Bool, _ scheduled: Int) throws {
        var policy = try continuous(sequences: 3, budget: 1024, length: 1024, chunks: chunks)
        for (id, length) in [800, 800, 10, 10].enumerated() { try policy.add(request(id, length)) }
        #expect(try policy.schedule().items.count == scheduled)
    }

    @Test func twoStepsUnderWay() throws {
        var policy = try continuous(sequences: 2, budget: 1024, length: 1024)
        try policy.add(request(0, 512))
        #expect(try policy.schedule().counts == [0: 512])
        try policy.add(request(1, 512))
        #expect(try policy.schedule().counts == [1: 512])
        #expect(try policy.schedule().isEmpty)
        try policy.complete([SampledToken(request: RequestID(0), token: 1)])
        #expect(try policy.schedule().counts == [0: 1])
    }

    @Test func sentBackWhileItsTokenIsUnderWay() throws {
        var policy = try continuous(blocks: 11, caching: false)
        try policy.add(request(0, 80))
        _ = try policy.schedule()
        try policy.add(request(1, 80))
        _ = try policy.schedule()
        #expect(policy.pool.freeCount == 0)
        try policy.complete([SampledToken(request: RequestID(0), token: 0)])
        #expect(try policy.schedule().counts == [0: 1])
        #expect(policy.preemptions == 1)
        #expect(policy.waiting == [RequestID(1)])
        try policy.complete([SampledToken(request: RequestID(1), token: 42)])
        try policy.cancel(RequestID(0))
        // The late token counts: it is computed again with the prompt.
        #expect(try policy.schedule().counts == [1: 81])
    }

    @Test func endsAfterTheLastNewToken() throws {
        var policy = try continuous()
        try policy.add(request(0, 10, new: 2))
        _ = try policy.schedule()
        #expect(try policy.complete([SampledToken(request: RequestID(0), token: 10)]).isEmpty)
        _ = try policy.schedule()
        #expect(try policy.complete([SampledToken(request: RequestID(0), token: 11)]) == [RequestID(0)])
        #expect(try policy.complete([SampledToken(request: RequestID(0), token: 12)]).isEmpty)
        #expect(policy.isIdle)
    }

    @Test func endsWhereTheEngineSays() throws {
        var policy = try continuous()
        for id in 0..<2 { try policy.add(request(id, 10)) }
        let step = try policy.schedule()
        let ended = try policy.complete(
            step.items.map { SampledToken(request: $0.request, token: 42, ends: $0.request.number == 0) })
        #expect(ended == [RequestID(0)])
        #expect(policy.running == [RequestID(1)])
    }

    @Test(arguments: [
        ([2, 0, 1], [0, 0, 0], [1, 2, 0]), ([1, 1, 1], [3, 1, 2], [1, 2, 0]),
        ([2, 1, 1, 0], [1, 3, 2, 4], [3, 2, 1, 0]),
        ([5, 1, 8, 3, 2, 7, 4, 6], [0, 0, 0, 0, 0, 0, 0, 0], [1, 4, 3, 6, 0, 7, 5, 2]),
    ])
    func startsByPriorityThenArrival(_ priorities: [Int], _ arrivals: [Double], _ order: [Int]) throws {
        var policy = try continuous(order: .priority)
        for id in priorities.indices {
            try policy.add(request(id, 10, priority: priorities[id], arrival: arrivals[id]))
        }
        #expect(policy.waiting.map(\.number) == order)
        #expect(try policy.schedule().ids == order)
    }

    @Test func oneSlotByPriority() throws {
        var policy = try continuous(sequences: 1, order: .priority)
        for (id, priority) in [3, 2, 0].enumerated() { try policy.add(request(id, 10, priority: priority)) }
        #expect(try policy.schedule().ids == [2])
        #expect(policy.waiting.map(\.number) == [1, 0])
    }

    @Test func theLowestPriorityIsSentBack() throws {
        var policy = try continuous(blocks: 5, caching: false, order: .priority)
        try policy.add(request(0, 30, new: 16, priority: 1))
        try policy.step()
        try policy.add(request(1, 32, new: 3, priority: 0))
        #expect(try policy.step().counts == [0: 1, 1: 32])
        #expect(policy.pool.freeCount == 0)
        #expect(try policy.step().counts == [1: 1])
        #expect(policy.waiting == [RequestID(0)])
        #expect(policy.preemptions == 1)
        try policy.step()
        #expect(policy.running.isEmpty)
        // 30 of the prompt and two generated ones.
        #expect(try policy.step().counts == [0: 32])
    }

    /// The victim was in the step already: its tokens come out again, and the blocks that it was about to fill are not
    /// found by anybody.
    @Test func whatASentBackRequestDidNotComputeIsNotFound() throws {
        var policy = try continuous(blocks: 8, length: 112, longPrefill: 32, order: .priority)
        try policy.add(request(0, 96, new: 8, priority: 2))
        try policy.step()
        try policy.add(request(1, 16, new: 8, priority: 1))
        #expect(try policy.step().counts == [0: 32, 1: 16])
        // Request 0 takes the last two blocks, then 1 needs one.
        #expect(try policy.schedule().counts == [1: 1])
        #expect(policy.waiting == [RequestID(0)])
        #expect(policy.blocks(1) == [5, 7])
        #expect((1...6).map { policy.pool.cache.holds($0) } == [true, true, true, true, true, false])
    }

    @Test func chunkedPromptsBesideDecodes() throws {
        var policy = try continuous(budget: 64)
        for id in 0..<2 { try policy.add(request(id, 60)) }
        #expect(try policy.step().counts == [0: 60, 1: 4])
        try policy.add(request(2, 60))
        try policy.add(request(3, 60))
        #expect(try policy.step().counts == [0: 1, 1: 56, 2: 7])
    }

    @Test func aBudgetOfTwo() throws {
        var policy = try continuous(sequences: 2, budget: 2)
        for id in 0..<3 { try policy.add(request(id, 2)) }
        #expect(try policy.step().counts == [0: 2])
        for _ in 0..<3 { #expect(try policy.step().counts == [0: 1, 1: 1]) }
        try policy.cancel(RequestID(0))
        #expect(try policy.step().counts == [1: 1, 2: 1])
    }

    @Test func aPromptAboveTheBudgetComesInChunks() throws {
        var policy = try continuous(sequences: 16, budget: 32, length: 64)
        try policy.add(request(0, 48))
        #expect(try policy.step().counts == [0: 32])
        var short = try continuous(budget: 32, length: 32)
        #expect(throws: RequestRefusal.tooLong(prompt: 48, newTokens: 16, limit: 32)) { try short.add(request(0, 48)) }
    }

    @Test func waitsForBlocksThenGoesInChunks() throws {
        var policy = try continuous(blocks: 5, budget: 30, length: 64, caching: false)
        try policy.add(request(0, 30, new: 30))
        try policy.step()
        try policy.add(request(1, 60, new: 1))
        #expect(try policy.schedule().counts == [0: 1])
        #expect(policy.waiting == [RequestID(1)])
        try policy.cancel(RequestID(0))
        #expect(try policy.step().counts == [1: 30])
        #expect(try policy.step().counts == [1: 30])
        #expect(policy.isIdle)
    }

    @Test func theWatermarkLeavesRoomForThoseThatRun() throws {
        var limits = ContinuousLimits(maximumModelLength: 64)
        limits.watermarkBlocks = 2
        var policy = try ContinuousPolicy(limits: limits, pool: BlockPool(blockCount: 5, blockTokens: 16))
        try policy.add(request(0, 64 - 16))
        try policy.add(request(1, 16))
        #expect(try policy.step().ids == [0])
        #expect(policy.waiting == [RequestID(1)])
    }

    @Test func limitsThatCannotWorkAreRefused() {
        #expect(throws: ConfigurationError.budgetBelowSequences(budget: 8, sequences: 16)) {
            try continuous(budget: 8)
        }
        #expect(throws: ConfigurationError.budgetBelowLength(budget: 64, length: 128)) {
            try continuous(budget: 64, length: 128, chunks: false)
        }
        #expect(throws: ConfigurationError.self) { try continuous(sequences: 0) }
        #expect(throws: ConfigurationError.self) { try continuous(longPrefill: 0) }
    }

    @Test func requestsThatCanNeverRunAreRefused() throws {
        var policy = try continuous(blocks: 3, length: 64)
        #expect(throws: RequestRefusal.emptyPrompt) { try policy.add(request(0, 0)) }
        #expect(throws: RequestRefusal.noNewTokens(0)) { try policy.add(request(0, 1, new: 0)) }
        #expect(throws: RequestRefusal.tooLong(prompt: 1, newTokens: .max, limit: 64)) {
            try policy.add(request(0, 1, new: .max))
        }
        #expect(throws: RequestRefusal.needsMoreBlocks(needed: 3, capacity: 2)) {
            try policy.add(request(0, 32, new: 2))
        }
        try policy.add(request(0, 32, new: 1))
        #expect(throws: RequestRefusal.knownAlready(RequestID(0))) { try policy.add(request(0, 32, new: 1)) }
        #expect(try !policy.cancel(RequestID(5)))
    }

    @Test func cancelledRequestsLeaveTheQueue() throws {
        for order: ContinuousLimits.Order in [.firstCome, .priority] {
            var policy = try continuous(sequences: 1, order: order)
            for id in 0..<1000 { try policy.add(request(id, 4, priority: id % 7)) }
            for id in 0..<1000 where id % 10 != 3 { try policy.cancel(RequestID(id)) }
            #expect(policy.waitingCount == 100)
            #expect(policy.waiting.count == 100)
            // The same id again is a new request.
            try policy.add(request(0, 4, priority: 100))
            var order: [Int] = []
            for round in 0...10_000 where !policy.isIdle {
                guard round < 10_000 else { throw Endless(limit: round) }
                let step = try policy.schedule()
                order += step.ids
                for item in step.items { try policy.cancel(item.request) }
            }
            #expect(order.count == 101)
            #expect(order.last == 0)
        }
    }
}
