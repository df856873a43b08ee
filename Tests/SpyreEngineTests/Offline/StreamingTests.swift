import SpyreEngine
import SpyreEngineTestSupport
import Testing

@Suite struct StreamingTests {
    private struct Stop: Error {}

    @Test func piecesMakeUpTheOutput() throws {
        let params = SamplingParams(temperature: 1, seed: 9, maxTokens: 60, ignoreEOS: true, logprobs: 1, n: 3)
        var deltas: [GenerationDelta] = []
        let llm = TestEngine.llm()
        let output = try llm.generate("Once upon a time", params) {
            deltas.append($0)
            return true
        }
        #expect(try llm.generate(["Once upon a time"], params)[0].completions == output.completions)
        for completion in output.completions {
            let own = deltas.filter { $0.index == completion.index }
            #expect(own.flatMap(\.tokenIDs) == completion.tokenIDs)
            #expect(own.map(\.text).joined() == completion.text)
            #expect(own.flatMap { $0.logprobs ?? [] } == completion.logprobs)
            #expect(own.dropLast().allSatisfy { $0.finishReason == nil })
            #expect(own.last?.finishReason == .length)
        }
    }

    @Test func charactersArriveWhole() throws {
        var texts: [String] = []
        let llm = TestEngine.llm(.saying("a€b", promptLength: 1))
        try llm.generate("x", SamplingParams(temperature: 0)) {
            texts.append($0.text)
            return true
        }
        #expect(texts == ["a", "", "", "€", "b", ""])
    }

    @Test func whatMayBeAStopStringIsHeldBack() throws {
        var texts: [String] = []
        var params = SamplingParams(temperature: 0, maxTokens: 30)
        params.stop = ["END"]
        let llm = TestEngine.llm(.saying("aENbEND", promptLength: 1))
        let output = try llm.generate("x", params) {
            texts.append($0.text)
            return true
        }
        #expect(texts == ["a", "", "", "ENb", "", "", ""])
        #expect(output.completions[0].stopReason == .string("END"))
    }

    @Test func theCallerGivesUp() throws {
        let (llm, executor) = TestEngine.make()
        var calls = 0
        let params = SamplingParams(temperature: 0, maxTokens: 100, ignoreEOS: true)
        let output = try llm.generate("Hello", params) { _ in
            calls += 1
            return calls < 4
        }
        #expect(calls == 4)
        #expect(executor.batches.count == 4)
        #expect(output.completions[0].finishReason == .abort)
        #expect(output.completions[0].tokenIDs.count == 4)
        let whole = try llm.generate(["Hello"], params)[0].completions[0]
        #expect(Array(whole.tokenIDs.prefix(4)) == output.completions[0].tokenIDs)
    }

    /// All have their first token of the prompt's logits; then one runs at a time here, and those that wait end too.
    @Test func givingUpEndsAllCompletions() throws {
        let llm = TestEngine.llm(limits: TestEngine.limits(sequences: 1))
        let params = SamplingParams(temperature: 1, seed: 1, maxTokens: 3, ignoreEOS: true, n: 3)
        var calls = 0
        let output = try llm.generate("Hello", params) { _ in
            calls += 1
            return calls < 5
        }
        #expect(output.completions.map(\.index) == [0, 1, 2])
        #expect(output.completions.map(\.finishReason) == [.length, .abort, .abort])
        #expect(output.completions.map(\.tokenIDs.count) == [3, 1, 1])
    }

    @Test func givingUpShowsTheHeldText() throws {
        var params = SamplingParams(temperature: 0, maxTokens: 30)
        params.stop = ["END"]
        let llm = TestEngine.llm(.saying("aENb", promptLength: 1))
        var calls = 0
        let output = try llm.generate("x", params) { _ in
            calls += 1
            return calls < 3
        }
        #expect(output.completions[0].text == "aEN")
    }

    @Test func anErrorOfTheCallerIsThrownOn() throws {
        let llm = TestEngine.llm()
        #expect(throws: Stop.self) { try llm.generate("Hello", SamplingParams(temperature: 0)) { _ in throw Stop() } }
        #expect(try llm.generate(["Hello"], SamplingParams(temperature: 0)).count == 1)
    }

    @Test func callsDoNotNest() throws {
        let llm = TestEngine.llm()
        var inner: (any Error)?
        try llm.generate("Hello", SamplingParams(temperature: 0)) { _ in
            do { _ = try llm.generate(["Again"]) } catch { inner = error }
            return false
        }
        #expect("\(try #require(inner))" == "a call is still running; start the next one when it has returned")
    }
}
