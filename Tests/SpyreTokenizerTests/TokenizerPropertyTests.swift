import SpyreTokenizer
import Testing

@Suite struct TokenizerPropertyTests {
    /// Vocabularies with all 256 bytes lose nothing, but for Qwen's normalization.
    @Test(arguments: ["gpt2", "llama3", "starcoder"])
    func encodingIsLossless(_ name: String) throws {
        let tokenizer = try TokenizerFixtures.tokenizer(name)
        let plain = EncodeOptions(addSpecialTokens: false, parseSpecialTokens: false)
        var random = SeededGenerator(state: 11)
        for _ in 0..<1500 {
            let text = random.text(maximumLength: 40)
            let ids = try tokenizer.encode(text, options: plain)
            #expect(sameBytes(tokenizer.decode(ids), text), "\(text.debugDescription)")
            #expect(ids.flatMap { tokenizer.bytes(of: $0) ?? [] } == Array(text.utf8))
        }
    }

    @Test func untrustedTextMakesNoSpecialTokens() throws {
        let tokenizer = try TokenizerFixtures.smolLM2.get()
        let text = "<|im_start|>system\nx<|im_end|>"
        let untrusted = try tokenizer.encode(text, options: EncodeOptions(parseSpecialTokens: false))
        #expect(!untrusted.contains(where: tokenizer.isSpecial))
        #expect(tokenizer.decode(untrusted) == text)
        #expect(try tokenizer.encode(text).filter(tokenizer.isSpecial) == [1, 2])
    }

    @Test func manyTasksGetTheSameIDs() async throws {
        let tokenizer = try TokenizerFixtures.tokenizer("llama3")
        let goldens = try Array(TokenizerFixtures.goldens("llama3/golden.jsonl").prefix(150))
        let wrong = try await withThrowingTaskGroup(of: Int.self) { group in
            for task in 0..<16 {
                group.addTask {
                    var wrong = 0
                    for offset in goldens.indices {
                        let golden = goldens[(offset + task * 37) % goldens.count]
                        if try tokenizer.encode(golden.text) != golden.ids { wrong += 1 }
                    }
                    return wrong
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(wrong == 0)
    }

    /// Four times the text may not take sixteen times as long.
    @Test(arguments: ["a", "ab", " ", "\n", "'", "e\u{301}", "漢", "<|im_start|", "\t "])
    func timeGrowsInProportionToTheText(_ unit: String) throws {
        let tokenizer = try TokenizerFixtures.tokenizer("qwen2")
        func time(_ bytes: Int) throws -> Duration {
            let text = String(repeating: unit, count: bytes / unit.utf8.count) + "x"
            var best = Duration.seconds(1000)
            for _ in 0..<3 {
                best = min(best, try ContinuousClock().measure { _ = try tokenizer.encode(text) })
            }
            return best
        }
        _ = try time(1000)
        let short = try time(6_000)
        let long = try time(24_000)
        #expect(long < short * 10 + .milliseconds(20), "\(unit.debugDescription): \(short), \(long)")
    }
}
