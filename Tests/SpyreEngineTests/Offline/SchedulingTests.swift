import SpyreEngine
import SpyreEngineTestSupport
import SpyreExecutor
import SpyreScheduler
import Testing

/// The same requests under every policy, with and without the prefix cache, in chunks of different sizes and with so few
/// blocks that sequences are sent back: the tokens are those of the model.
@Suite struct SchedulingTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var configuration: SchedulingConfiguration
        var rows = 64
        var sequences = 8
        var blocks = 65

        var testDescription: String {
            "\(configuration.policy) cache \(configuration.cachesPrefixes) rows \(rows) sequences \(sequences) "
                + "blocks \(blocks)"
        }
    }

    static let shapes = [
        WarmupShape(promptLength: 64, newTokens: 70, batchSize: 4),
        WarmupShape(promptLength: 192, newTokens: 70, batchSize: 2),
    ]

    static let cases: [Case] = [true, false].flatMap { caches in
        let continuous = SchedulingConfiguration(cachesPrefixes: caches)
        let spyre = SchedulingConfiguration(policy: .spyre, cachesPrefixes: caches)
        let fixed = SchedulingConfiguration(policy: .staticBatches(shapes), cachesPrefixes: caches)
        return [
            Case(configuration: continuous), Case(configuration: continuous, rows: 7, sequences: 3),
            Case(configuration: continuous, rows: 512, sequences: 32, blocks: 200),
            Case(configuration: continuous, rows: 100, blocks: 6),
            Case(configuration: SchedulingConfiguration(cachesPrefixes: caches, longPrefillTokens: 9)),
            Case(configuration: spyre), Case(configuration: spyre, rows: 128, sequences: 32, blocks: 200),
            Case(configuration: spyre, rows: 192, sequences: 2, blocks: 9),
            Case(configuration: SchedulingConfiguration(policy: .spyre, cachesPrefixes: caches, batchTKVLimit: 300)),
            Case(configuration: fixed, rows: 384),
            Case(configuration: spyre, rows: 64, sequences: 1), Case(configuration: continuous, sequences: 1),
        ]
    }

    /// Twelve requests; most share a beginning of one, two or three blocks, and some of them everything.
    private static let requests: [(prompt: [Int], params: SamplingParams)] = {
        var generator = TestGenerator(11)
        let common = generator.tokens(192)
        return (0..<12).map { number in
            let shared = [0, 64, 100, 128, 150, 192][number % 6]
            let prompt =
                Array(common.prefix(shared)) + generator.tokens(number < 6 ? [5, 1, 64, 20, 42, 0][number] : 0)
            var params = SamplingParams(
                temperature: number % 3 == 1 ? 0.9 : 0, seed: Int64(number), maxTokens: 10 + 5 * number,
                ignoreEOS: true, logprobs: 2)
            if number == 7 { params.n = 3; params.temperature = 1 }
            return (prompt.isEmpty ? [3] : prompt, params)
        }
    }()

    private static func outputs(_ llm: LLM) throws -> [[CompletionOutput]] {
        try llm.generate(requests.map { .tokens($0.prompt) }, requests.map(\.params)).map(\.completions)
    }

    @Test(arguments: cases) func policiesChangeNoToken(runCase: Case) throws {
        let limits = TestEngine.limits(
            rows: runCase.rows, sequences: runCase.sequences, modelLength: 320, blocks: runCase.blocks)
        let llm = TestEngine.llm(limits: limits, scheduling: runCase.configuration)
        let expected = try Self.outputs(TestEngine.llm(scheduling: SchedulingConfiguration(cachesPrefixes: false)))
        // The second time the prefix cache knows all of it.
        for _ in 0..<2 {
            #expect(try Self.outputs(llm) == expected)
        }
        let hasHits = llm.prefixHits.hitTokens > 0
        switch runCase.configuration.policy {
        case .continuous: #expect(hasHits == runCase.configuration.cachesPrefixes)
        // Only whole chunks are found, of which these prompts have few.
        case .spyre: #expect(!hasHits || runCase.configuration.cachesPrefixes)
        case .staticBatches: #expect(!hasHits)
        }
        if runCase.blocks == 6 { #expect(llm.statistics.preemptions > 0) }
        for (request, completions) in zip(Self.requests, expected) {
            for completion in completions {
                let tokens = try ToyModel.hashed.completion(
                    request.prompt, request.params, index: completion.index, contextLength: 512)
                #expect(completion.tokenIDs == tokens)
            }
        }
    }

    /// One prefix and sixteen suffixes, though all arrive at once.
    @Test func aSharedPrefixIsRunOnce() throws {
        var generator = TestGenerator(5)
        let prefix = generator.tokens(1024)
        let prompts = (0..<16).map { _ in Prompt.tokens(prefix + generator.tokens(32)) }
        let (llm, executor) = TestEngine.make(
            limits: TestEngine.limits(rows: 512, sequences: 16, modelLength: 2048, blocks: 400))
        let params = SamplingParams(temperature: 0, maxTokens: 8, ignoreEOS: true)
        let outputs = try llm.generate(prompts, params)
        let prefilled = executor.batches.reduce(0) { $0 + $1.rowCount } - 16 * 7
        #expect(prefilled >= 1024 + 16 * 32)
        #expect(Double(prefilled) <= 1.05 * (1024 + 16 * 32))
        let plain = TestEngine.llm(
            limits: TestEngine.limits(rows: 512, sequences: 16, modelLength: 2048, blocks: 400),
            scheduling: SchedulingConfiguration(cachesPrefixes: false))
        #expect(try plain.generate(prompts, params).map(\.completions) == outputs.map(\.completions))
    }

    /// Several completions run their prompt once, and each but the last copies the block in which they part.
    @Test(arguments: [true, false]) func completionsShareTheirPrompt(caches: Bool) throws {
        var generator = TestGenerator(12)
        let prompt = generator.tokens(100)
        var params = SamplingParams(temperature: 1, seed: 5, maxTokens: 40, ignoreEOS: true, logprobs: 1)
        params.n = 5
        let (llm, executor) = TestEngine.make(
            limits: TestEngine.limits(rows: 128), scheduling: SchedulingConfiguration(cachesPrefixes: caches))
        let output = try llm.generate([.tokens(prompt)], params)[0]
        #expect(executor.batches.reduce(0) { $0 + $1.rowCount } == 100 + 5 * 39)
        #expect(executor.batches.map(\.blockCopies.count).filter { $0 > 0 } == [4])
        // One block for all, one that each has its own of, and one for each that its output goes on in.
        #expect(llm.statistics.peakBlocks == 1 + 5 + 5)
        for completion in output.completions {
            let expected = try ToyModel.hashed.completion(prompt, params, index: completion.index, contextLength: 512)
            #expect(completion.tokenIDs == expected)
        }
    }

    /// Three at a time of seven: the others wait and run their prompt again, or what the cache does not have of it.
    @Test(arguments: [true, false]) func completionsWithoutAPlaceWait(caches: Bool) throws {
        var generator = TestGenerator(13)
        let prompt = generator.tokens(70)
        var params = SamplingParams(temperature: 1, seed: 6, maxTokens: 9, ignoreEOS: true)
        params.n = 7
        for blocks in [65, 5] {
            let llm = TestEngine.llm(
                limits: TestEngine.limits(sequences: 3, modelLength: 128, blocks: blocks),
                scheduling: SchedulingConfiguration(cachesPrefixes: caches))
            for completion in try llm.generate([.tokens(prompt)], params)[0].completions {
                #expect(
                    try completion.tokenIDs
                        == ToyModel.hashed.completion(prompt, params, index: completion.index, contextLength: 512))
            }
        }
    }

    /// Nothing of a refused call has run: the cache is what it was. A step that failed leaves nothing to find.
    @Test func whatIsFoundAfterRefusalsAndFailures() throws {
        var generator = TestGenerator(14)
        let prompt = generator.tokens(150)
        let (llm, executor) = TestEngine.make(
            limits: TestEngine.limits(rows: 192),
            scheduling: SchedulingConfiguration(policy: .spyre, chunkTokens: 64, batchTKVLimit: 200))
        let params = SamplingParams(temperature: 0, maxTokens: 3, ignoreEOS: true)
        func rows() throws -> Int {
            let before = executor.batches.count
            _ = try llm.generate([.tokens(prompt)], params)
            return executor.batches[before...].reduce(0) { $0 + $1.rowCount }
        }
        let all = try rows()
        let found = try rows()
        #expect(all == 152 && found < all)
        #expect(throws: EngineError.refused(prompt: 1, .exceedsBatchLimit(tokens: 249, limit: 200))) {
            try llm.generate(
                [.tokens([1]), .tokens(prompt)], [params, SamplingParams(temperature: 0, maxTokens: 100)])
        }
        #expect(try rows() == found)
        executor.failingStep = executor.batches.count
        #expect(throws: FakeExecutor.failure) { try llm.generate([.tokens(prompt)], params) }
        #expect(try rows() == all)
    }

    /// What one call computed the next one finds; scoring writes over it.
    @Test func prefixesOutliveTheirCall() throws {
        var generator = TestGenerator(6)
        let prompt = generator.tokens(200)
        let (llm, executor) = TestEngine.make(limits: TestEngine.limits(rows: 256))
        let params = SamplingParams(temperature: 0, maxTokens: 1)
        func rows() throws -> Int {
            let before = executor.batches.count
            _ = try llm.generate([.tokens(prompt)], params)
            return executor.batches[before...].reduce(0) { $0 + $1.rowCount }
        }
        #expect(try rows() == 200)
        #expect(try rows() == 8)
        _ = try llm.score(tokenIDs: generator.tokens(300))
        #expect(try rows() == 200)
    }

    /// Every token of a prompt has its log-probability, whatever the cache knows of it.
    @Test func reportedPromptsAreRunWhole() throws {
        var generator = TestGenerator(8)
        let prompt = generator.tokens(150)
        let (llm, executor) = TestEngine.make(limits: TestEngine.limits(rows: 64, sequences: 4, logitRows: 20))
        var params = SamplingParams(temperature: 0, maxTokens: 4, ignoreEOS: true)
        let plain = try llm.generate([.tokens(prompt)], params)[0]
        params.promptLogprobs = 1
        let before = executor.batches.count
        let both = try llm.generate([.tokens(prompt), .tokens(prompt)], params)
        for output in both {
            #expect(output.promptLogprobs?.count == 150)
            #expect(output.completions.map(\.tokenIDs) == plain.completions.map(\.tokenIDs))
        }
        #expect(executor.batches[before...].allSatisfy { $0.logitRows.count <= 20 })
        #expect(both[0].promptLogprobs == both[1].promptLogprobs)
    }

    @Test func staticBatchesRunToTheirEnd() throws {
        var generator = TestGenerator(9)
        let (llm, executor) = TestEngine.make(
            limits: TestEngine.limits(rows: 384),
            scheduling: SchedulingConfiguration(policy: .staticBatches(Self.shapes)))
        let lengths = [(60, 9), (10, 3), (190, 5), (64, 70)]
        let prompts = lengths.map { Prompt.tokens(generator.tokens($0.0)) }
        let params = lengths.map { SamplingParams(temperature: 0, maxTokens: $0.1, ignoreEOS: true) }
        let outputs = try llm.generate(prompts, params)
        #expect(outputs.map { $0.completions[0].tokenIDs.count } == lengths.map(\.1))
        // A prompt of 190 tokens fits the shape of two rows alone, and two are chosen already: it comes after their end.
        let prefills = executor.batches.enumerated().filter { $0.element.positions.contains(0) }
        #expect(prefills.map(\.element.sequenceCount) == [3, 1])
        #expect(prefills.map(\.offset) == [0, 70])
    }

    @Test func withoutALengthTheShapesDecide() throws {
        let llm = TestEngine.llm(
            limits: TestEngine.limits(rows: 384),
            scheduling: SchedulingConfiguration(policy: .staticBatches(Self.shapes)))
        let params = SamplingParams(temperature: 0, maxTokens: nil, ignoreEOS: true)
        #expect(try llm.generate([.tokens([1, 2])], params)[0].completions[0].tokenIDs.count == 70)
    }

    @Test func aLeastLengthBeyondTheShapesIsRefused() throws {
        let llm = TestEngine.llm(
            limits: TestEngine.limits(rows: 384),
            scheduling: SchedulingConfiguration(policy: .staticBatches(Self.shapes)))
        var params = SamplingParams(temperature: 0, maxTokens: nil)
        params.minTokens = 71
        #expect(
            throws: EngineError.refused(
                prompt: nil, .fitsNoShape(prompt: 2, newTokens: 71, shapes: Self.shapes.reversed()))
        ) {
            try llm.generate([.tokens([1, 2])], params)
        }
    }

    @Test func whatFitsNoShapeIsRefused() throws {
        let llm = TestEngine.llm(
            limits: TestEngine.limits(rows: 384),
            scheduling: SchedulingConfiguration(policy: .staticBatches(Self.shapes)))
        let long = Prompt.tokens([Int](repeating: 1, count: 193))
        #expect {
            try llm.generate([long], SamplingParams(temperature: 0, maxTokens: 5))
        } throws: { error in
            "\(error)".hasSuffix(
                "a prompt of 193 tokens and 5 new ones fits no warmup shape; there are 192x70x2, 64x70x4 "
                    + "(prompt x new tokens x batch)")
        }
        // The engine goes on.
        #expect(try llm.generate(["a"], SamplingParams(temperature: 0, maxTokens: 5)).count == 1)
    }

    @Test func shapesBeyondTheLimitsAreRefused() throws {
        let llm = TestEngine.llm(
            limits: TestEngine.limits(rows: 64),
            scheduling: SchedulingConfiguration(policy: .staticBatches(Self.shapes)))
        #expect {
            try llm.generate(["a"], SamplingParams(maxTokens: 5))
        } throws: { error in
            "\(error)".hasPrefix("warmup shape 64x70x4: the number of prompt rows is 256 and can be 64 at most; ")
        }
    }

    @Test func theCardReportsNoPrompts() throws {
        let llm = TestEngine.llm(scheduling: SchedulingConfiguration(policy: .spyre))
        var params = SamplingParams(maxTokens: 2)
        params.promptLogprobs = 0
        #expect(throws: EngineError.refused(prompt: nil, .reportsPrompt)) {
            try llm.generate(["abc"], params)
        }
    }
}
