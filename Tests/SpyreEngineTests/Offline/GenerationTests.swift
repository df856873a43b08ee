import SpyreEngine
import SpyreEngineTestSupport
import Testing

@Suite struct GenerationTests {
    private func say(
        _ text: String, _ change: (inout SamplingParams) -> Void = { _ in }
    ) throws -> CompletionOutput {
        var params = SamplingParams(temperature: 0, maxTokens: 100)
        change(&params)
        return try TestEngine.llm(.saying(text, promptLength: 3)).generate(["abc"], params)[0].completions[0]
    }

    @Test func anEndTokenEndsTheTextAndBelongsToTheTokens() throws {
        let output = try say("Hello.")
        #expect(output.text == "Hello.")
        #expect(output.tokenIDs == "Hello.".utf8.map(Int.init) + [ByteTokenizer.eos])
        #expect(output.finishReason == .stop)
        #expect(output.stopReason == nil)
        #expect(output.logprobs == nil && output.cumulativeLogprob == nil && output.error == nil)
    }

    @Test func ignoredEndTokensGoOn() throws {
        let output = try say("Hi") {
            $0.ignoreEOS = true
            $0.maxTokens = 5
        }
        #expect(output.tokenIDs == [72, 105, 257, 257, 257])
        #expect(output.text == "Hi")
        #expect(output.finishReason == .length)
    }

    @Test func specialTokensAreShownOnRequest() throws {
        let output = try say("Hi") {
            $0.ignoreEOS = true
            $0.maxTokens = 3
            $0.skipSpecialTokens = false
        }
        #expect(output.text == "Hi<eos>")
    }

    @Test func stopStringsEndAcrossTokens() throws {
        let output = try say("one\n\ntwo") { $0.stop = ["\n\n"] }
        #expect(output.text == "one")
        #expect(output.tokenIDs == "one\n\n".utf8.map(Int.init))
        #expect(output.finishReason == .stop)
        #expect(output.stopReason == .string("\n\n"))
        #expect(
            try say("one\n\ntwo") {
                $0.stop = ["\n\n"]
                $0.includeStopStringInOutput = true
            }.text == "one\n\n")
        #expect(try say("one\ntwo") { $0.stop = ["\n\n"] }.text == "one\ntwo")
    }

    @Test func stopTokensEnd() throws {
        let output = try say("one.two") { $0.stopTokenIDs = [46] }
        #expect(output.text == "one")
        #expect(output.stopReason == .token(46))
    }

    @Test func endTokensOfTheConfigurationEndToo() throws {
        var configuration = TestEngine.configuration
        configuration.eosTokenIDs = [270]
        let executor = FakeExecutor(TestEngine.limits(), model: .saying([72, 270, 73], promptLength: 3))
        let llm = LLM(executor: executor, tokenizer: ByteTokenizer(), configuration: configuration)
        let output = try llm.generate(["abc"], SamplingParams(temperature: 0))[0].completions[0]
        #expect(output.tokenIDs == [72, 270])
        #expect(output.finishReason == .stop)
    }

    @Test func theShortestOutputIsKept() throws {
        let output = try say("") {
            $0.minTokens = 4
            $0.maxTokens = 6
        }
        #expect(output.tokenIDs.count >= 5)
        #expect(!output.tokenIDs.prefix(4).contains(ByteTokenizer.eos))
    }

    @Test func withoutMaximumTheContextIsFilled() throws {
        let llm = TestEngine.llm(limits: TestEngine.limits(modelLength: 40))
        let params = SamplingParams(temperature: 0, maxTokens: nil, ignoreEOS: true)
        let output = try llm.generate([.tokens([Int](repeating: 65, count: 39)), "abc"], params)
        #expect(output.map { $0.completions[0].tokenIDs.count } == [1, 37])
        #expect(output.allSatisfy { $0.completions[0].finishReason == .length })
    }

    @Test(arguments: ["bad", " bad"])
    func badWordsAreNeverCompleted(word: String) throws {
        // Single bytes here, so that a word's last byte is what is ruled out.
        let output = try say("a bad dog") {
            $0.badWords = [word]
            $0.maxTokens = 9
        }
        #expect(output.text.hasPrefix("a ba"))
        #expect(!output.text.contains("bad"))
    }

    @Test func badWordsAreRuledOutInsideOfAWordToo() throws {
        let output = try say("abad") { params in
            params.badWords = [" bad"]
            params.maxTokens = 4
        }
        #expect(output.text.hasPrefix("aba"))
        #expect(!output.text.contains("bad"))
    }

    @Test func charactersAreNeverCut() throws {
        let output = try say("né€𝄞!") { $0.maxTokens = 8 }
        #expect(output.text == "né€\u{FFFD}")
    }

    @Test func logprobsAreThoseOfTheModel() throws {
        let params = SamplingParams(temperature: 0, maxTokens: 6, ignoreEOS: true, logprobs: 4)
        let output = try TestEngine.llm().generate(["abc"], params)[0].completions[0]
        let logprobs = try #require(output.logprobs)
        #expect(logprobs.map(\.token.tokenID) == output.tokenIDs)
        var history: [Int32] = [97, 98, 99]
        var sum = 0.0
        for (token, reported) in zip(output.tokenIDs, logprobs) {
            let expected = ScoreTests.logprob(of: token, in: ToyModel.hashed.logits(history[...]))
            #expect(abs(reported.token.logprob - expected) < 1e-6)
            #expect(reported.token.rank == 1 && reported.top.count == 4)
            sum += reported.token.logprob
            history.append(Int32(token))
        }
        #expect(abs(try #require(output.cumulativeLogprob) - sum) < 1e-12)
    }

    /// In chunks that the rows of logits bound, and beside a request that wants none.
    @Test(arguments: [1, 5, 64]) func promptLogprobs(logitRows: Int) throws {
        var generator = TestGenerator(11)
        let prompt = generator.tokens(70)
        var params = SamplingParams(temperature: 0, maxTokens: 3, ignoreEOS: true)
        let plain = try TestEngine.llm().generate([.tokens(prompt)], params)[0]
        #expect(plain.promptLogprobs == nil)
        var reporting = params
        reporting.promptLogprobs = 2
        params.maxTokens = 20
        let llm = TestEngine.llm(limits: TestEngine.limits(logitRows: logitRows))
        let output = try llm.generate(["other", .tokens(prompt)], [params, reporting])[1]
        #expect(output.completions[0].tokenIDs == plain.completions[0].tokenIDs)
        let reported = try #require(output.promptLogprobs)
        #expect(reported.count == 70)
        #expect(reported[0] == nil)
        for place in 1..<70 {
            let row = ToyModel.hashed.logits(prompt.prefix(place).map { Int32($0) }[...])
            let entry = try #require(reported[place])
            #expect(entry.token.tokenID == prompt[place] && entry.top.count == 2)
            #expect(abs(entry.token.logprob - ScoreTests.logprob(of: prompt[place], in: row)) < 1e-6)
        }
    }

    /// All in one step: several rows of logits for some sequences, one or none for others.
    @Test func promptLogprobsBesideOthers() throws {
        var reporting = SamplingParams(temperature: 0, maxTokens: 5, ignoreEOS: true, logprobs: 1)
        reporting.promptLogprobs = 1
        var plain = reporting
        plain.promptLogprobs = nil
        let prompts: [Prompt] = ["one prompt", "two", "and the third", "four", "a fifth one that is cut off"]
        let params = [reporting, plain, reporting, plain, plain]
        let (llm, executor) = TestEngine.make(limits: TestEngine.limits(rows: 40))
        let together = try llm.generate(prompts, params)
        #expect(executor.batches[0].logitRows.count == 10 + 1 + 13 + 1)
        for (request, output) in zip(zip(prompts, params), together) {
            let alone = try TestEngine.llm().generate([request.0], request.1)[0]
            #expect(alone.completions == output.completions)
            #expect(alone.promptLogprobs == output.promptLogprobs)
        }
    }

    @Test func textPromptsGetTheTokenizersSpecialTokens() throws {
        let llm = TestEngine.llm(tokenizer: ByteTokenizer(addsBOS: true))
        let outputs = try llm.generate(["ab", .tokens([97, 98])], SamplingParams(temperature: 0, maxTokens: 2))
        #expect(outputs.map(\.promptTokenIDs) == [[256, 97, 98], [97, 98]])
        #expect(outputs.map(\.prompt) == ["ab", nil])
    }

    @Test func metricsCount() throws {
        let params = SamplingParams(temperature: 1, seed: 3, maxTokens: 4, ignoreEOS: true, n: 3)
        let metrics = try TestEngine.llm().generate(["abcd"], params)[0].metrics
        #expect(metrics.promptTokens == 4 && metrics.outputTokens == 12)
        let first = try #require(metrics.firstTokenSeconds)
        #expect(first > 0 && first <= metrics.totalSeconds)
    }
}
