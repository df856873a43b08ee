import SpyreEngineTestSupport
import SpyreExecutor
import Testing

@testable import SpyreEngine

@Suite struct BatchLoopTests {
    /// One random set of requests under random limits.
    private struct Case {
        let limits: ExecutorLimits
        let scheduling: SchedulingConfiguration
        let requests: [(prompt: [Int], params: SamplingParams)]

        init(seed: UInt64) {
            var generator = TestGenerator(seed)
            func random(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }
            limits = TestEngine.limits(
                rows: seed % 4 == 3 ? 64 * random(1...3) : random(1...40), sequences: random(1...6),
                logitRows: random(1...12),
                modelLength: random(40...260),
                blocks: random(3...14))
            let context = min(limits.maximumModelLength, (limits.blockCount - 1) * 64)
            // One in four under the card's rules, which know no log-probabilities of prompts.
            let isCard = seed % 4 == 3
            scheduling = SchedulingConfiguration(
                policy: isCard ? .spyre : .continuous, cachesPrefixes: random(0...1) == 0,
                longPrefillTokens: random(0...3) == 0 ? 7 : nil)
            var requests: [(prompt: [Int], params: SamplingParams)] = []
            let common = generator.tokens(context - 1)
            for _ in 0..<random(1...8) {
                var params = SamplingParams(
                    temperature: Double(random(0...2)) / 2, topP: random(0...1) == 0 ? 1 : 0.7,
                    seed: Int64(random(0...1000)), maxTokens: random(1...min(context, 30)),
                    ignoreEOS: random(0...1) == 0)
                if random(0...3) == 0 { params.logprobs = 3 }
                if !isCard, random(0...7) == 0 { params.promptLogprobs = 1 }
                if params.temperature > 0 { params.n = random(1...3) }
                // Half of the prompts begin alike.
                let length = random(1...context - 1), shared = random(0...1) * random(0...length)
                requests.append((common.prefix(shared) + generator.tokens(length - shared), params))
            }
            self.requests = requests
        }
    }

    private func loop(_ runCase: Case) throws -> BatchLoop {
        let executor = FakeExecutor(runCase.limits)
        let llm = LLM(executor: executor, tokenizer: ByteTokenizer(), configuration: TestEngine.configuration)
        let requests = try runCase.requests.map {
            try llm.preparation.prepare(.tokens($0.prompt), $0.params, number: nil)
        }
        let loop = try BatchLoop(
            policy: runCase.scheduling.makePolicy(for: runCase.limits), executor: executor,
            tokenizer: ByteTokenizer(), logits: LogitsBuffer(runCase.limits))
        try loop.add(requests)
        return loop
    }

    private func expectAllReturned(_ loop: BatchLoop) {
        #expect(loop.policy.pool.freeCount == loop.policy.pool.capacity)
        #expect(loop.policy.reservedBlocks == 0)
        #expect(loop.policy.isIdle)
    }

    @Test(arguments: 0..<40 as Range<UInt64>)
    func everyTokenIsRightAndEveryBlockReturns(seed: UInt64) throws {
        let runCase = Case(seed: seed)
        let loop = try loop(runCase)
        while !loop.isFinished { try loop.step { _, _ in } }
        expectAllReturned(loop)
        let context = min(runCase.limits.maximumModelLength, (runCase.limits.blockCount - 1) * 64)
        for (request, output) in zip(runCase.requests, loop.outputs) {
            #expect(output.completions.count == request.params.n)
            for completion in output.completions {
                let expected = try ToyModel.hashed.completion(
                    request.prompt, request.params, index: completion.index, contextLength: context)
                #expect(completion.tokenIDs == expected)
                #expect(completion.logprobs?.count == request.params.logprobs.map { _ in expected.count })
            }
            #expect(output.promptLogprobs?.count == request.params.promptLogprobs.map { _ in request.prompt.count })
        }
    }

    /// Requests that are given up at random moments: waiting, half read, half written.
    @Test(arguments: 100..<125 as Range<UInt64>)
    func givenUpRequestsReturnTheirBlocks(seed: UInt64) throws {
        let runCase = Case(seed: seed)
        let loop = try loop(runCase)
        var generator = TestGenerator(seed)
        var finishes = [Int](repeating: 0, count: runCase.requests.count)
        let sink: BatchLoop.Sink = { request, delta in
            if delta.finishReason != nil { finishes[request.number] += 1 }
        }
        while !loop.isFinished {
            if Int.random(in: 0..<4, using: &generator) == 0 {
                try loop.abort(Int.random(in: 0..<runCase.requests.count, using: &generator), sink)
            }
            if !loop.isFinished { try loop.step(sink) }
        }
        expectAllReturned(loop)
        #expect(finishes == runCase.requests.map(\.params.n))
        for (request, output) in zip(runCase.requests, loop.outputs) {
            for completion in output.completions {
                let expected = try ToyModel.hashed.completion(
                    request.prompt, request.params, index: completion.index, contextLength: 1 << 20)
                #expect(completion.tokenIDs == Array(expected.prefix(completion.tokenIDs.count)))
                if completion.finishReason == .abort { #expect(completion.tokenIDs.count <= expected.count) }
            }
        }
    }
}
