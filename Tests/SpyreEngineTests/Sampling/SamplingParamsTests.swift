import Testing

@testable import SpyreEngine

@Suite struct SamplingParamsTests {
    @Test func defaultsAreVLLMs() {
        let params = SamplingParams()
        #expect(params.n == 1)
        #expect(params.temperature == 1)
        #expect(params.topP == 1)
        #expect(params.topK == 0)
        #expect(params.minP == 0)
        #expect(params.repetitionPenalty == 1)
        #expect(params.presencePenalty == 0)
        #expect(params.frequencyPenalty == 0)
        #expect(params.seed == nil)
        #expect(params.stop.isEmpty && params.stopTokenIDs.isEmpty)
        #expect(!params.includeStopStringInOutput && !params.ignoreEOS)
        #expect(params.minTokens == 0 && params.maxTokens == 16)
        #expect(params.logprobs == nil && params.promptLogprobs == nil)
        #expect(params.logitBias.isEmpty && params.badWords.isEmpty && params.allowedTokenIDs == nil)
        #expect(params.skipSpecialTokens)
        #expect(SamplingParams(temperature: 1) == params)
    }

    @Test(arguments: [(0.0, 0.0), (9e-6, 0.0), (1e-5, 0.01), (0.005, 0.01), (0.01, 0.01), (0.7, 0.7), (2.0, 2.0)])
    func effectiveTemperature(given: Double, used: Double) {
        let params = SamplingParams(temperature: given)
        #expect(params.effectiveTemperature == used)
        #expect(params.isGreedy == (used == 0))
    }

    @Test func penaltiesAreOffByDefault() {
        var params = SamplingParams()
        #expect(!params.hasPenalties)
        for path in [\SamplingParams.repetitionPenalty, \.presencePenalty, \.frequencyPenalty] {
            params = SamplingParams()
            params[keyPath: path] = 0.5
            #expect(params.hasPenalties)
        }
    }
}
