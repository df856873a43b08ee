import SpyreEngine
import SpyreEngineTestSupport
import SpyreExecutor
import Testing

/// Requests that are given up free what they hold and disturb nobody.
@Suite struct OnlineCancellationTests {
    private static let endless = SamplingParams(temperature: 0, maxTokens: 400, ignoreEOS: true)

    @Test func aDroppedStreamFreesItsBlocks() async throws {
        let gate = StepGate(permits: 5)
        let engine = try OnlineEngine.make(gate: gate)
        do {
            let stream = try engine.generate("Nobody reads this to its end", Self.endless)
            var iterator = stream.makeAsyncIterator()
            _ = try await iterator.next()
            #expect(try await OnlineEngine.wait(engine) { $0.usedBlocks == 1 && $0.waitingRequests == 0 })
        }
        gate.open()
        #expect(try await OnlineEngine.wait(engine) { $0.endedRequests[.abort] == 1 })
        #expect(engine.load.usedBlocks == 0)
        // The step that ran when the stream was let go was the last one.
        #expect(engine.load.generationTokens == 6)
    }

    @Test func aStreamThatWasNeverReadFreesItsBlocks() async throws {
        let gate = StepGate()
        let engine = try OnlineEngine.make(gate: gate)
        _ = try engine.generate("Nobody reads this at all", Self.endless)
        gate.open()
        #expect(try await OnlineEngine.wait(engine) { $0.endedRequests[.abort] == 1 && $0.usedBlocks == 0 })
    }

    @Test func aCancelledTaskEndsItsRequest() async throws {
        let gate = StepGate(permits: 3)
        let engine = try OnlineEngine.make(gate: gate)
        let stream = try engine.generate("Cancelled while it reads", Self.endless)
        let reader = Task {
            for try await _ in stream {}
        }
        #expect(try await OnlineEngine.wait(engine) { _ in gate.isHolding })
        reader.cancel()
        await #expect(throws: EngineError.cancelled) { try await reader.value }
        gate.open()
        #expect(try await OnlineEngine.wait(engine) { $0.endedRequests[.abort] == 1 && $0.usedBlocks == 0 })
        // The stream itself is still held here.
        await #expect(throws: EngineError.cancelled) { try await stream.output() }
    }

    @Test func cancellingTwiceAndAfterTheEndIsHarmless() async throws {
        let engine = try OnlineEngine.make()
        let stream = try engine.generate("Short", SamplingParams(temperature: 0, maxTokens: 2, ignoreEOS: true))
        let output = try await stream.output()
        stream.cancel()
        stream.cancel()
        #expect(output.completions[0].tokenIDs.count == 2)
        #expect(try await stream.output() == output)
        #expect(try await engine.generate("Next", Self.endless).output().completions[0].tokenIDs.count == 400)
        #expect(engine.load.endedRequests == [.length: 2])
    }

    /// Hundreds of streams are dropped at random moments; the others' tokens are what they are alone.
    @Test(arguments: 0..<2 as Range<UInt64>)
    func survivorsOfAStormAreUnchanged(seed: UInt64) async throws {
        let engine = try OnlineEngine.make(
            limits: TestEngine.limits(rows: 128, sequences: 16, blocks: 40),
            queueLimits: QueueLimits(waitingRequests: 2000))
        let survivors = OnlineEngine.requests(8, seed: 20 + seed)
        let expected = try OnlineEngine.expected(survivors)
        var generator = TestGenerator(seed)
        let victims = OnlineEngine.requests(300, seed: 30 + seed)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, victim) in victims.enumerated() {
                let pieces = Int.random(in: 0...6, using: &generator)
                let drops = Bool.random(using: &generator)
                group.addTask {
                    var params = victim.params
                    params.maxTokens = 300
                    params.ignoreEOS = true
                    let stream = try engine.generate(.tokens(victim.prompt), params)
                    var iterator = stream.makeAsyncIterator()
                    for _ in 0..<pieces { _ = try await iterator.next() }
                    if !drops { stream.cancel() }
                }
                if index.isMultiple(of: 40), index / 40 < survivors.count {
                    let request = survivors[index / 40], wanted = expected[index / 40]
                    group.addTask {
                        let result = try await engine.generate(.tokens(request.prompt), request.params).read()
                        #expect(result.tokenIDs == wanted.tokenIDs)
                        #expect(result.text == wanted.text)
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(
            try await OnlineEngine.wait(engine) {
                $0.usedBlocks == 0 && $0.runningRequests == 0 && $0.waitingRequests == 0
            })
        let ended = engine.load.endedRequests
        // Those whose readers were slow may have come to their ends before they were dropped.
        #expect(ended.values.reduce(0, +) == 308)
        #expect(ended[.abort] ?? 0 > 30)
    }

    @Test func aReaderThatDoesNotReadIsGivenUp() async throws {
        let gate = StepGate()
        let engine = try OnlineEngine.make(queueLimits: QueueLimits(unreadBytes: 100), gate: gate)
        let stream = try engine.generate("Unread", Self.endless)
        let other = try engine.generate("Read", SamplingParams(temperature: 0, maxTokens: 5, ignoreEOS: true))
        gate.open()
        #expect(try await other.output().completions[0].tokenIDs.count == 5)
        #expect(try await OnlineEngine.wait(engine) { $0.endedRequests[.abort] == 1 && $0.usedBlocks == 0 })
        var tokens = 0
        await #expect(throws: EngineError.slowReader(bytes: 100)) {
            for try await piece in stream { tokens += piece.tokenIDs.count }
        }
        // What was merged before the bound was passed is still there.
        #expect(tokens > 5 && tokens < 15)
    }
}
