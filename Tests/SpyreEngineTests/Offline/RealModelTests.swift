import SpyreEngine
import SpyreExecutor
import SpyreTokenizer
import Testing

/// The whole stack on the default model, when it is in the cache (`spyre pull smollm2-135m-instruct`).
@Suite(
    .enabled(if: ModelStore().isCached(ModelStore.knownModels[0]), "the default model is not in the cache"),
    .serialized)
struct RealModelTests {
    private static let prompts: [Prompt] = [
        "The capital of France is", "Once upon a time", "def fibonacci(n):", "1, 2, 3, 4,", "Dear Sir or Madam,",
        "In 1969", "x", .tokens([504, 3575, 282, 4649, 314]),
    ]

    private func engine(_ dtype: ModelDType) throws -> LLM {
        try LLM(options: ExecutorOptions(dtype: dtype, maximumModelLength: 256, maximumStepRows: 16))
    }

    /// What transformers makes of the dequantised weights in float32.
    @Test func greedyTokensInFloat32() throws {
        let params = SamplingParams(temperature: 0, maxTokens: 12)
        let output = try engine(.float32).generate(["The capital of France is"], params)[0]
        #expect(output.promptTokenIDs == [504, 3575, 282, 4649, 314])
        #expect(
            output.completions[0].tokenIDs == [7042, 30, 198, 198, 504, 2988, 314, 42, 216, 34, 32, 33])
        #expect(output.completions[0].text == " Paris.\n\nThe answer is: 201")
    }

    @Test func neighboursChangeNothing() throws {
        let llm = try engine(.auto)
        // Most are greedy, because sampling from the whole vocabulary takes long in debug builds.
        var params = [SamplingParams](
            repeating: SamplingParams(temperature: 0, maxTokens: 24), count: Self.prompts.count)
        params[1] = SamplingParams(temperature: 0.8, topP: 0.95, seed: 17, maxTokens: 12, logprobs: 3)
        let together = try llm.generate(Self.prompts, params)
        for (request, output) in zip(zip(Self.prompts, params), together) {
            #expect(try llm.generate([request.0], request.1)[0].completions == output.completions)
        }
        #expect(llm.compilationsAfterWarmUp == 0)
    }

    @Test func chatStreamsAndScores() throws {
        let llm = try engine(.float32)
        let prompt = try llm.chatPrompt([ChatMessage(role: "user", content: "What is the capital of France?")])
        var text = ""
        let output = try llm.generate(prompt, SamplingParams(temperature: 0, maxTokens: 32)) { delta in
            text += delta.text
            return true
        }
        #expect(text == "The capital of France is Paris.")
        #expect(output.completions[0].text == text)
        #expect(output.completions[0].finishReason == .stop)
        // What the model says itself is likely to it; the same backwards is not.
        let tokens = output.promptTokenIDs + output.completions[0].tokenIDs
        let scores = try llm.score(tokenIDs: tokens).suffix(output.completions[0].tokenIDs.count)
        let reversed = try llm.score(tokenIDs: tokens.reversed())
        #expect(scores.reduce(0, +) / Float(scores.count) < 1)
        #expect(reversed.reduce(0, +) / Float(reversed.count) > 4)
    }
}
