import SpyreEngine
import SpyreEngineTestSupport
import Testing

/// Requests that are refused before anything runs, and what the refusals say.
@Suite struct RequestErrorTests {
    private func message(
        _ prompts: [Prompt], _ params: SamplingParams = SamplingParams(), modelLength: Int = 512
    ) throws -> String {
        let (llm, executor) = TestEngine.make(limits: TestEngine.limits(modelLength: modelLength))
        let error = #expect(throws: EngineError.self) { try llm.generate(prompts, params) }
        #expect(executor.batches.isEmpty)
        let text = try #require(error).description
        #expect(!text.contains("\n"))
        return text
    }

    @Test func emptyPrompts() throws {
        #expect(try message([""]) == "the prompt is empty; give it at least one token")
        #expect(try message(["a", .tokens([])]) == "prompt 1 is empty; give it at least one token")
    }

    @Test func longPrompts() throws {
        let long = Prompt.tokens([Int](repeating: 1, count: 512))
        #expect(
            try message([long])
                == "the prompt has 512 tokens, but a context of 512 tokens holds a prompt of at most 511 and one token "
                + "of output; shorten it or raise --max-model-len (up to 1024)")
        let longer = Prompt.tokens([Int](repeating: 1, count: 5000))
        #expect(
            try message(["a", longer], modelLength: 1024)
                == "prompt 1 has 5000 tokens, but a context of 1024 tokens holds a prompt of at most 1023 and one "
                + "token of output; shorten it")
        let text = Prompt.text(String(repeating: "word ", count: 200))
        #expect(try message([text]).hasPrefix("the prompt has 1000 tokens, "))
    }

    @Test(arguments: [-1, 272, Int.max, Int.min]) func idsOutsideTheVocabulary(id: Int) throws {
        #expect(
            try message([.tokens([1, id])])
                == "the prompt has token id \(id), which is not in the vocabulary (0..<272); use ids "
                + "of this model's tokenizer")
    }

    @Test func parameters() throws {
        #expect(
            try message(["a"], SamplingParams(temperature: .nan)) == "temperature must be a number in 0...2, got nan")
        #expect(
            try message(["a", "b"], SamplingParams(maxTokens: 513))
                == "prompt 0: max_tokens must be an integer in 1...512, got 513")
    }

    @Test func textThatCannotBeTokenised() throws {
        #expect(
            try message(["please refuse me"]) == "the prompt: cannot tokenize the text: asked to refuse it")
    }

    @Test func oneSetOfParametersForEachPrompt() throws {
        let error = #expect(throws: EngineError.self) {
            try TestEngine.llm().generate(["a", "b"], [SamplingParams()])
        }
        #expect(error?.description == "1 sampling parameters for 2 prompts; give one for each prompt")
    }

    @Test func limitsThatAllowNothing() throws {
        for limits in [TestEngine.limits(rows: 0, logitRows: 1), TestEngine.limits(logitRows: 0)] {
            #expect(throws: EngineError.self) { try TestEngine.llm(limits: limits).generate(["a"]) }
            #expect(throws: EngineError.self) { try TestEngine.llm(limits: limits).score(tokenIDs: [1, 2]) }
        }
        for blocks in [0, 1] {
            let llm = TestEngine.llm(limits: TestEngine.limits(blocks: blocks))
            #expect(throws: EngineError.self) { try llm.generate(["a"], SamplingParams(maxTokens: 1)) }
        }
    }
}
