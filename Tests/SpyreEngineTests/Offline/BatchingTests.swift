import SpyreEngine
import SpyreEngineTestSupport
import SpyreExecutor
import Testing

@Suite struct BatchingTests {
    /// Eight requests of different lengths and parameters.
    private static func requests() -> [(prompt: [Int], params: SamplingParams)] {
        var generator = TestGenerator(7)
        return (0..<8).map { number in
            let prompt = generator.tokens([1, 63, 64, 65, 130, 7, 200, 12][number])
            var params = SamplingParams(
                temperature: number % 2 == 0 ? 0 : 0.8, topP: number == 3 ? 0.9 : 1, topK: number == 5 ? 20 : 0,
                seed: Int64(number), maxTokens: 20 + 13 * number, ignoreEOS: number % 3 == 0, logprobs: 2)
            if number == 7 { params.repetitionPenalty = 1.3 }
            return (prompt, params)
        }
    }

    private func run(
        _ requests: [(prompt: [Int], params: SamplingParams)], _ limits: ExecutorLimits
    ) throws -> [[CompletionOutput]] {
        try TestEngine.llm(limits: limits)
            .generate(requests.map { .tokens($0.prompt) }, requests.map(\.params)).map(\.completions)
    }

    @Test func tokensAreThoseOfTheModel() throws {
        let requests = Self.requests()
        let outputs = try run(requests, TestEngine.limits())
        for (request, completions) in zip(requests, outputs) {
            let expected = try ToyModel.hashed.completion(request.prompt, request.params, contextLength: 512)
            #expect(completions.map(\.tokenIDs) == [expected])
        }
    }

    @Test(arguments: [(1, 1), (7, 3), (16, 8), (512, 8), (64, 2)])
    func neighboursAndChunksChangeNothing(rows: Int, sequences: Int) throws {
        let requests = Self.requests()
        let together = try run(requests, TestEngine.limits(rows: rows, sequences: sequences))
        for (request, completions) in zip(requests, together) {
            #expect(try run([request], TestEngine.limits()) == [completions])
        }
    }

    @Test func outputsAreHandedOutWhenTheyEnd() throws {
        let requests = Self.requests()
        let (llm, executor) = TestEngine.make()
        var order: [Int] = []
        var steps: [Int] = []
        var handed: [Int: RequestOutput] = [:]
        let outputs = try llm.generate(
            requests.map { .tokens($0.prompt) }, requests.map(\.params),
            onOutput: { number, output in
                order.append(number)
                steps.append(executor.batches.count)
                handed[number] = output
            })
        #expect(order.sorted() == Array(0..<8))
        #expect(outputs.enumerated().allSatisfy { handed[$0.offset] == $0.element })
        // Not all at the end: the shortest one long before the longest.
        #expect(try #require(steps.first) < executor.batches.count / 2)
        #expect(order != order.sorted())
    }

    @Test func anErrorOfWhoTakesOutputsIsThrownOn() throws {
        struct Full: Error {}
        let params = SamplingParams(temperature: 0, maxTokens: 2)
        let llm = TestEngine.llm()
        #expect(throws: Full.self) {
            try llm.generate(["a", "b"], [params, params], onOutput: { _, _ in throw Full() })
        }
        #expect(try llm.generate(["a"], params).count == 1)
    }

    @Test func oneLogitRowIsEnough() throws {
        let requests = Self.requests()
        let narrow = try run(requests, TestEngine.limits(rows: 40, logitRows: 1))
        #expect(try narrow == run(requests, TestEngine.limits()))
    }

    @Test func promptsAreReadInChunks() throws {
        let (llm, executor) = TestEngine.make(limits: TestEngine.limits(rows: 50))
        var generator = TestGenerator(1)
        let prompt = generator.tokens(170)
        _ = try llm.generate([.tokens(prompt)], SamplingParams(temperature: 0, maxTokens: 3, ignoreEOS: true))
        #expect(executor.batches.map(\.rowCount) == [50, 50, 50, 20, 1, 1])
        #expect(executor.batches.map(\.logitRows) == [[], [], [], [19], [0], [0]])
    }

    @Test func promptsFillTheRowsThatGenerationLeaves() throws {
        let (llm, executor) = TestEngine.make(limits: TestEngine.limits(rows: 10))
        var generator = TestGenerator(2)
        let prompts = [4, 12].map { Prompt.tokens(generator.tokens($0)) }
        _ = try llm.generate(prompts, SamplingParams(temperature: 0, maxTokens: 3, ignoreEOS: true))
        #expect(executor.batches.map(\.queryStarts) == [[0, 4, 10], [0, 1, 7], [0, 1, 2], [0, 1]])
    }

    /// Six sequences come to want two blocks each, and there are five: some are sent back and start over.
    @Test func sequencesAreSentBackForBlocks() throws {
        let llm = TestEngine.llm(limits: TestEngine.limits(modelLength: 256, blocks: 6))
        var generator = TestGenerator(3)
        let prompts = (0..<6).map { _ in Prompt.tokens(generator.tokens(60)) }
        let params = SamplingParams(temperature: 0, maxTokens: 40, ignoreEOS: true)
        let outputs = try llm.generate(prompts, params)
        #expect(outputs.map { $0.completions[0].tokenIDs.count } == [Int](repeating: 40, count: 6))
        #expect(llm.statistics.preemptions > 0)
        #expect(llm.statistics.peakBlocks == 5)
        for (prompt, output) in zip(prompts, outputs) {
            #expect(try TestEngine.llm().generate([prompt], params)[0].completions == output.completions)
        }
    }

    /// The last token of the output is never run: 60 tokens of prompt and 5 of output need one block, 6 need two.
    @Test(arguments: [(5, 0), (6, 1)]) func aSequenceTakesWhatItNeeds(maxTokens: Int, sentBack: Int) throws {
        let (llm, executor) = TestEngine.make(
            limits: TestEngine.limits(rows: 200, modelLength: 128, blocks: 3),
            scheduling: SchedulingConfiguration(cachesPrefixes: false))
        let prompt = Prompt.tokens([Int](repeating: 1, count: 60))
        _ = try llm.generate([prompt, prompt], SamplingParams(temperature: 0, maxTokens: maxTokens, ignoreEOS: true))
        #expect(executor.batches.map(\.sequenceCount).max() == 2)
        #expect(llm.statistics.preemptions == sentBack)
    }

    /// 64 slots hold 60 tokens of prompt and 4 of output.
    @Test func theBlocksBoundTheContext() throws {
        let (llm, _) = TestEngine.make(limits: TestEngine.limits(modelLength: 65, blocks: 2))
        let output = try llm.generate(
            [.tokens([Int](repeating: 1, count: 60))], SamplingParams(temperature: 0, maxTokens: nil, ignoreEOS: true))
        #expect(output[0].completions[0].tokenIDs.count == 4)
        #expect(output[0].completions[0].finishReason == .length)
    }

    @Test func severalCompletionsAreThoseOfTheSeed() throws {
        let params = SamplingParams(temperature: 1, seed: 42, maxTokens: 30, n: 5)
        let prompt = Array("Once".utf8).map(Int.init)
        for limits in [TestEngine.limits(), TestEngine.limits(rows: 3, sequences: 2)] {
            let output = try TestEngine.llm(limits: limits).generate(["Once"], params)[0]
            #expect(output.completions.map(\.index) == [0, 1, 2, 3, 4])
            for completion in output.completions {
                let expected = try ToyModel.hashed.completion(
                    prompt, params, index: completion.index, contextLength: 512)
                #expect(completion.tokenIDs == expected)
            }
            #expect(Set(output.completions.map(\.tokenIDs)).count == 5)
            #expect(output.seed == 42)
        }
    }

    @Test func aReportedSeedRepeatsTheRequest() throws {
        let llm = TestEngine.llm()
        let first = try llm.generate(["Hello"], SamplingParams(maxTokens: 24))[0]
        let again = try llm.generate(["Hello"], SamplingParams(seed: first.seed, maxTokens: 24))[0]
        #expect(first.completions == again.completions)
    }

    @Test func badLogitsEndTheirSequenceAlone() throws {
        let llm = TestEngine.llm(.poisoned(by: 200))
        let params = SamplingParams(temperature: 0, maxTokens: 8)
        let prompts: [Prompt] = [.tokens([1, 2, 3]), .tokens([4, 200, 5]), .tokens([6])]
        let outputs = try llm.generate(prompts, params)
        #expect(outputs[1].completions[0].finishReason == .error)
        #expect(outputs[1].completions[0].tokenIDs == [])
        #expect(
            outputs[1].completions[0].error
                == "the model's logit for token id 0 is not a number; check the model's files, or try --dtype float32")
        for place in [0, 2] {
            let alone = try TestEngine.llm().generate([prompts[place]], params)[0]
            #expect(alone.completions == outputs[place].completions)
            #expect(outputs[place].completions[0].error == nil)
        }
    }

    @Test func aFailedStepIsThrownAndTheEngineGoesOn() throws {
        let (llm, executor) = TestEngine.make()
        executor.failingStep = 3
        #expect(throws: FakeExecutor.failure) {
            try llm.generate(["One", "Two"], SamplingParams(temperature: 0, maxTokens: 20, ignoreEOS: true))
        }
        let params = SamplingParams(temperature: 0, maxTokens: 5)
        #expect(
            try llm.generate(["One"], params)[0].completions
                == TestEngine.llm().generate(["One"], params)[0].completions)
    }

    @Test func progressCountsRequestsAndTokens() throws {
        var reports: [GenerationProgress] = []
        let params = SamplingParams(temperature: 0, maxTokens: 4, ignoreEOS: true)
        _ = try TestEngine.llm(limits: TestEngine.limits(sequences: 1)).generate(["a", "b"], params) {
            reports.append($0)
        }
        #expect(reports.map(\.outputTokens) == [1, 2, 3, 4, 5, 6, 7, 8])
        #expect(reports.map(\.finishedRequests) == [0, 0, 0, 1, 1, 1, 1, 2])
        #expect(reports.allSatisfy { $0.totalRequests == 2 })
    }

    @Test func noPromptsNoOutputs() throws {
        let (llm, executor) = TestEngine.make()
        #expect(try llm.generate([] as [Prompt]) == [])
        #expect(executor.batches.isEmpty)
    }
}
