import SpyreEngine
import SpyreEngineTestSupport
import SpyreExecutor
import Synchronization
import Testing

/// A request that fails ends alone; an engine that fails ends all.
@Suite struct OnlineFailureTests {
    private static let params = SamplingParams(temperature: 0, maxTokens: 50, ignoreEOS: true)

    @Test func whatCannotRunIsRefusedAtOnce() async throws {
        let engine = try OnlineEngine.make()
        #expect(throws: EngineError.emptyPrompt(prompt: nil)) { try engine.generate("", Self.params) }
        #expect(
            throws: EngineError.promptTooLong(prompt: nil, tokens: 512, contextLength: 512, modelLength: 1024)
        ) { try engine.generate(.tokens([Int](repeating: 1, count: 512)), Self.params) }
        #expect(throws: EngineError.tokenOutOfVocabulary(prompt: nil, tokenID: 999, vocabularySize: 272)) {
            try engine.generate(.tokens([999]), Self.params)
        }
        var bad = Self.params
        bad.temperature = .nan
        #expect(throws: EngineError.self) { try engine.generate("x", bad) }
        // Nothing was left in the queue.
        #expect(engine.load.waitingRequests == 0)
        #expect(try await engine.generate("x", Self.params).output().completions[0].tokenIDs.count == 50)
    }

    @Test func unusableLogitsEndTheirRequestAlone() async throws {
        let engine = try OnlineEngine.make(.poisoned(by: 7))
        let params = SamplingParams(temperature: 0, maxTokens: 8)
        let good = try TestEngine.llm().generate([.tokens([1, 2, 3])], params)[0].completions[0].tokenIDs
        try #require(!good.contains(7))
        let bad = try engine.generate(.tokens([7, 1]), params)
        let other = try engine.generate(.tokens([1, 2, 3]), params)
        await #expect {
            try await bad.output()
        } throws: { error in
            guard case .completionFailed(0, let reason) = error as? EngineError else { return false }
            return reason.contains("not a number")
        }
        #expect(try await other.output().completions[0].tokenIDs == good)
        #expect(try await OnlineEngine.wait(engine) { $0.usedBlocks == 0 && $0.endedRequests[.error] == 1 })
    }

    @Test func aFailingStepEndsEveryStreamAndIsReported() async throws {
        let failures = Mutex<[EngineError]>([])
        let gate = StepGate()
        let engine = try OnlineEngine.make(failingStep: 3, gate: gate) { error in
            failures.withLock { $0.append(error) }
        }
        let streams = try (0..<20).map { try engine.generate(.tokens([$0 + 1]), Self.params) }
        gate.open()
        let reason = "\(FakeExecutor.failure)"
        for stream in streams {
            await #expect(throws: EngineError.engineFailed(reason)) { _ = try await stream.read() }
        }
        await engine.waitUntilEnded()
        #expect(failures.withLock { $0 } == [.engineFailed(reason)])
        #expect(engine.load.phase == .failed(reason))
        #expect(throws: EngineError.engineFailed(reason)) { try engine.generate("later", Self.params) }
    }

    @Test func aFullQueueRefusesBeforeItTokenises() async throws {
        let gate = StepGate()
        let engine = try OnlineEngine.make(
            limits: TestEngine.limits(sequences: 1), queueLimits: QueueLimits(waitingRequests: 3), gate: gate)
        let running = try engine.generate("runs", Self.params)
        #expect(try await OnlineEngine.wait(engine) { _ in gate.isHolding })
        // The one that runs counts as waiting until its first step is over.
        let waiting = try (0..<2).map { _ in try engine.generate("waits", Self.params) }
        #expect {
            // The tokenizer would refuse this text.
            try engine.generate("refuse me", Self.params)
        } throws: { error in
            guard case .overloaded(3, let seconds) = error as? EngineError else { return false }
            return (1...60).contains(seconds)
        }
        #expect(engine.load.refusedRequests == 1)
        gate.open()
        for stream in [running] + waiting { #expect(try await stream.output().completions[0].tokenIDs.count == 50) }
        #expect(try await engine.generate("again", Self.params).output().completions[0].tokenIDs.count == 50)
    }

    @Test func theQueueCountsTokensToo() async throws {
        let gate = StepGate()
        let engine = try OnlineEngine.make(queueLimits: QueueLimits(waitingTokens: 100), gate: gate)
        let first = try engine.generate(.tokens([Int](repeating: 1, count: 120)), Self.params)
        #expect(throws: EngineError.overloaded(waiting: 1, retryAfterSeconds: 1)) {
            try engine.generate("one more", Self.params)
        }
        gate.open()
        _ = try await first.output()
        _ = try await engine.generate("one more", Self.params).output()
    }

    @Test func aTicketThatIsNotUsedGoesBack() async throws {
        let engine = try OnlineEngine.make(queueLimits: QueueLimits(waitingRequests: 1))
        do {
            let ticket = try engine.admit()
            #expect(engine.load.waitingRequests == 1)
            #expect(throws: EngineError.self) { try engine.admit() }
            #expect(throws: EngineError.self) {
                try engine.submit("refuse me", Self.params, ticket: ticket)
            }
        }
        #expect(engine.load.waitingRequests == 0)
        _ = try await engine.generate("fine", Self.params).output()
    }
}
