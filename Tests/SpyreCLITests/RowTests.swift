import SpyreEngine
import Testing

@testable import SpyreCommands

/// What scripts read, byte for byte.
@Suite struct RowTests {
    private let logprobs = TokenLogprobs(
        token: TokenLogprob(tokenID: 7, logprob: -0.5, rank: 1),
        top: [
            TokenLogprob(tokenID: 7, logprob: -0.5, rank: 1),
            TokenLogprob(tokenID: 9, logprob: -Double.infinity, rank: 2),
        ])

    private func output(_ completions: [CompletionOutput]) -> RequestOutput {
        RequestOutput(
            prompt: "Hi", promptTokenIDs: [1, 2], promptLogprobs: nil, completions: completions, seed: 3,
            metrics: RequestMetrics(promptTokens: 2, outputTokens: 1, firstTokenSeconds: 0.25, totalSeconds: 0.5))
    }

    private func completion(
        index: Int = 0, logprobs: [TokenLogprobs]? = nil, reason: FinishReason = .length, error: String? = nil
    ) -> CompletionOutput {
        CompletionOutput(
            index: index, tokenIDs: [7], text: "é/\n\"🌍", finishReason: reason, stopReason: nil,
            cumulativeLogprob: nil, logprobs: logprobs, error: error)
    }

    @Test func plainRow() throws {
        let completion = completion()
        let row = GenerationRow(completion, of: output([completion]))
        #expect(
            try JSONLine.text(row)
                == #"{"finish_reason":"length","logprobs":null,"prompt_ids":[1,2],"#
                + #""text":"é/\n\"🌍","token_ids":[7]}"#)
    }

    @Test func rowWithEverything() throws {
        let completion = completion(index: 1, logprobs: [logprobs], reason: .error, error: "a NaN")
        let row = GenerationRow(completion, of: output([self.completion(), completion]))
        #expect(
            try JSONLine.text(row)
                == #"{"error":"a NaN","finish_reason":"error","index":1,"logprobs":[{"logprob":-0.5,"rank":1,"#
                + #""token_id":7,"top":[{"logprob":-0.5,"rank":1,"token_id":7},"#
                + #"{"logprob":-9999,"rank":2,"token_id":9}]}],"prompt_ids":[1,2],"text":"é/\n\"🌍","token_ids":[7]}"#)
    }

    @Test func headersAndSpeed() {
        let one = output([completion()])
        let two = output([completion(), completion(index: 1)])
        #expect(GenerationRun.header(0, one.completions[0], of: one) == "== 1: 'Hi'")
        #expect(GenerationRun.header(1, two.completions[1], of: two) == "== 2.2: 'Hi'")
        #expect(
            GenerationSpeed(outputs: [one.metrics]).line
                == "1 tokens in 0.50 s (2.0 tokens/s), first token after 0.25 s")
        #expect(GenerationSpeed(outputs: []).line == nil)
    }

    @Test func scores() throws {
        let row = try ScoreRow(nll: [1, 2, 0.5])
        #expect(try JSONLine.text(row).hasPrefix(#"{"mean_nll":1.1666666666666667,"nll":[1,2,0.5],"perplexity":3.211"#))
        #expect(row.line == "3 tokens, mean nll 1.1667, perplexity 3.21")
        #expect(
            throws: CommandFailure("the token at position 2 has no finite log-probability; check the model's files")
        ) {
            try ScoreRow(nll: [1, .infinity])
        }
        #expect(throws: CommandFailure.self) { try ScoreRow(nll: []) }
        #expect(try ScoreRow(nll: [1000]).perplexity.isFinite)
    }

    @Test func tokens() throws {
        #expect(try JSONLine.text(TokenizerRow(ids: [1, 2])) == #"{"ids":[1,2]}"#)
        #expect(try JSONLine.text(TokenizerRow(ids: [], text: "a")) == #"{"ids":[],"text":"a"}"#)
        #expect(TokenizerRow(ids: [1, 2], text: "a").line == "a\n1 2")
    }

    @Test func chatAnswers() throws {
        let row = ChatRow(content: "Hi", tokenIDs: [4], finishReason: .stop)
        #expect(
            try JSONLine.text(row) == #"{"content":"Hi","finish_reason":"stop","role":"assistant","token_ids":[4]}"#)
    }
}
