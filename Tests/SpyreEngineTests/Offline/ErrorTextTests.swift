import Testing

@testable import SpyreEngine

/// What errors say: one line with what was wrong and, behind a semicolon, what to do, or the values that are allowed.
@Suite struct ErrorTextTests {
    private static let parameters: [SamplingParamsError] = [
        .outOfRange(field: "n", value: "0", allowed: "an integer in 1...16"),
        .wrongType(field: "n", expected: "an integer", got: "a list"), .unknownField(field: "m", known: ["n"]),
        .malformed(reason: "it ends too early"),
    ]

    private static let sampling: [SamplingError] = [
        .notANumber(tokenID: 1), .infiniteLogit(tokenID: 1), .noTokenLeft(vocabularySize: 2, ruled: true),
        .noTokenLeft(vocabularySize: 2, ruled: false), .tokenOutOfRange(tokenID: 3, vocabularySize: 2),
    ]

    private static let engine: [EngineError] = [
        .emptyPrompt(prompt: nil), .promptTooLong(prompt: 1, tokens: 9, contextLength: 8, modelLength: 8),
        .textTooLong(tokens: 9, contextLength: 8, modelLength: 16),
        .tokenOutOfVocabulary(prompt: 0, tokenID: -1, vocabularySize: 5), .parameterCount(prompts: 1, params: 2),
        .noChatTemplate, .unscorable(position: 3, .notANumber(tokenID: 1)), .busy,
    ]

    private static let store: [ModelStoreError] = [
        .notFetched(name: "a"), .unknownModel("a", known: ["b"], suggestions: []),
        .noSuchPath("/a", suggestions: ["/b"]), .notAModel(path: "/a"),
        .damagedCache(name: "a", path: "/a", expected: 1, got: 2), .notPullable("a", known: ["b"]),
        .missingTool("python3", remedy: "install it"), .noNetwork(reason: "timed out"), .notOffered(package: "a 1"),
        .noSpace(path: "/a", needed: 1, available: 0), .wrongHash(what: "a", expected: "0", got: "1"),
        .busy(path: "/a"), .failed(step: "a", reason: "b", remedy: ModelStoreError.otherFolder),
    ]

    @Test(arguments: engine.map(\.description) + store.map(\.description) + sampling.map(\.description))
    func oneLineWithAdvice(_ text: String) {
        #expect(!text.contains("\n"))
        let parts = text.split(separator: "; ")
        #expect(parts.count >= 2)
        #expect(!text.hasSuffix(".") && !text.hasSuffix("; "))
    }

    @Test(arguments: parameters) func parametersSayWhatIsAllowed(_ error: SamplingParamsError) {
        #expect(error.description.contains(" must be ") || error.description.contains("; the fields are "))
        #expect(EngineError.invalidParameters(prompt: 2, error).description == "prompt 2: \(error)")
    }

    @Test func ourOwnFaultsAskForAReport() {
        #expect(EngineError.inconsistent("x").description == "internal error, please report it: x")
        #expect(
            SamplingError.wrongRowLength(expected: 1, got: 2).description.hasPrefix("internal error, please report"))
    }
}
