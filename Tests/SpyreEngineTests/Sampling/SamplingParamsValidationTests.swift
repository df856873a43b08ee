import Testing

@testable import SpyreEngine

@Suite struct SamplingParamsValidationTests {
    static let vocabularySize = 100
    static let contextLength = 64

    /// One row of the limits table: a change to the defaults, and the message or nil when it is valid.
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let message: String?
        let change: @Sendable (inout SamplingParams) -> Void

        init(_ name: String, _ message: String?, _ change: @escaping @Sendable (inout SamplingParams) -> Void) {
            self.name = name
            self.message = message
            self.change = change
        }

        var testDescription: String { name }
    }

    static func refusal(of params: SamplingParams, limits: SamplingLimits = SamplingLimits()) -> SamplingParamsError? {
        do throws(SamplingParamsError) {
            try params.validate(
                vocabularySize: vocabularySize, maximumModelLength: contextLength, limits: limits)
            return nil
        } catch {
            return error
        }
    }

    /// What is refused without a model is refused with every model, and for the same field; what needs the model is
    /// left for later.
    @Test(arguments: counts + numbers + strings + tokens)
    func withoutAModel(_ row: Case) {
        var params = SamplingParams()
        row.change(&params)
        do throws(SamplingParamsError) {
            try params.validate(vocabularySize: nil, maximumModelLength: nil)
        } catch {
            #expect(row.message != nil)
            #expect(Self.refusal(of: params)?.field == error.field)
            #expect(!error.description.contains("\(Int.max)..") && !error.description.contains("..<\(Int.max)"))
        }
    }

    @Test func whatNoModelAllows() {
        func refusal(_ change: (inout SamplingParams) -> Void) -> String? {
            var params = SamplingParams()
            change(&params)
            do throws(SamplingParamsError) {
                try params.validate(vocabularySize: nil, maximumModelLength: nil)
                return nil
            } catch {
                return error.description
            }
        }
        #expect(refusal { $0.temperature = 5 } == "temperature must be a number in 0...2, got 5.0")
        #expect(refusal { $0.maxTokens = 0 } == "max_tokens must be an integer of at least 1, got 0")
        #expect(refusal { $0.stopTokenIDs = [-1] } == "stop_token_ids must be token ids of at least 0, got -1")
        #expect(refusal { $0.logprobs = 21 } == "logprobs must be an integer in 0...20, got 21")
        let noMaximum = refusal {
            $0.maxTokens = nil
            $0.minTokens = -1
        }
        #expect(noMaximum == "min_tokens must be an integer of at least 0, got -1")
        #expect(refusal { $0.maxTokens = 1_000_000 } == nil)
        #expect(refusal { $0.allowedTokenIDs = [1_000_000] } == nil)
        #expect(refusal { $0.logprobs = -1 } == nil)
    }

    @Test(arguments: counts + numbers + strings + tokens)
    func limits(_ row: Case) {
        var params = SamplingParams()
        row.change(&params)
        let error = Self.refusal(of: params)
        #expect(error?.description == row.message)
        if let error, let field = error.field { #expect(row.name.hasPrefix(field.prefix { $0 != "[" })) }
    }

    static let counts: [Case] = [
        Case("n 1", nil) { $0.n = 1 },
        Case("n 16", nil) { $0.n = 16 },
        Case("n 17", "n must be an integer in 1...16, got 17") { $0.n = 17 },
        Case("n 0", "n must be an integer in 1...16, got 0") { $0.n = 0 },
        Case("n -1", "n must be an integer in 1...16, got -1") { $0.n = -1 },
        Case("n greatest", "n must be an integer in 1...16, got \(Int.max)") { $0.n = .max },
        Case("n greedy", "n must be 1 when temperature is 0 (all sequences would be equal), got 2") {
            $0.n = 2
            $0.temperature = 0
        },
        Case("top_k -1", nil) { $0.topK = -1 },
        Case("top_k 0", nil) { $0.topK = 0 },
        Case("top_k 1", nil) { $0.topK = 1 },
        Case("top_k beyond the vocabulary", nil) { $0.topK = 101 },
        Case("top_k greatest", nil) { $0.topK = 2_147_483_647 },
        Case("top_k greatest + 1", "top_k must be an integer in -1...2147483647 (0 or -1: all), got 2147483648") {
            $0.topK = 2_147_483_648
        },
        Case("top_k -2", "top_k must be an integer in -1...2147483647 (0 or -1: all), got -2") { $0.topK = -2 },
        Case("max_tokens 1", nil) { $0.maxTokens = 1 },
        Case("max_tokens none", nil) { $0.maxTokens = nil },
        Case("max_tokens 64", nil) { $0.maxTokens = 64 },
        Case("max_tokens 65", "max_tokens must be an integer in 1...64, got 65") { $0.maxTokens = 65 },
        Case("max_tokens 0", "max_tokens must be an integer in 1...64, got 0") { $0.maxTokens = 0 },
        Case("max_tokens -1", "max_tokens must be an integer in 1...64, got -1") { $0.maxTokens = -1 },
        Case("min_tokens 0", nil) { $0.minTokens = 0 },
        Case("min_tokens 16", nil) { $0.minTokens = 16 },
        Case("min_tokens 17", "min_tokens must be an integer in 0...16 (max_tokens), got 17") { $0.minTokens = 17 },
        Case("min_tokens -1", "min_tokens must be an integer in 0...16 (max_tokens), got -1") { $0.minTokens = -1 },
        Case("min_tokens 65", "min_tokens must be an integer in 0...64 (the context length), got 65") {
            $0.maxTokens = nil
            $0.minTokens = 65
        },
        Case("logprobs 0", nil) { $0.logprobs = 0 },
        Case("logprobs 20", nil) { $0.logprobs = 20 },
        Case("logprobs 21", "logprobs must be an integer in 0...20, got 21") { $0.logprobs = 21 },
        Case("logprobs -1", "logprobs must be an integer in 0...20, got -1 (all 100)") { $0.logprobs = -1 },
        Case("logprobs -2", "logprobs must be an integer in 0...20, got -2") { $0.logprobs = -2 },
        Case("prompt_logprobs 20", nil) { $0.promptLogprobs = 20 },
        Case("prompt_logprobs 21", "prompt_logprobs must be an integer in 0...20, got 21") { $0.promptLogprobs = 21 },
        Case("seed least", nil) { $0.seed = .min },
        Case("seed greatest", nil) { $0.seed = .max },
        Case("seed -1", nil) { $0.seed = -1 },
    ]

    /// A floating-point field with its least and greatest valid value and those just outside.
    private static func table(
        _ name: String, _ path: WritableKeyPath<SamplingParams, Double> & Sendable, valid: [Double],
        invalid: [Double], allowed: String
    ) -> [Case] {
        let always = [Double.nan, .infinity, -.infinity, 1e308]
        return valid.map { value in Case("\(name) \(value)", nil) { $0[keyPath: path] = value } }
            + (invalid + always.filter { !valid.contains($0) }).map { value in
                Case("\(name) \(value)", "\(name) must be \(allowed), got \(value)") { $0[keyPath: path] = value }
            }
    }

    static let numbers: [Case] =
        table(
            "temperature", \.temperature, valid: [0, .leastNonzeroMagnitude, 0.7, 2],
            invalid: [(2.0).nextUp, -.leastNonzeroMagnitude, -1, 3],
            allowed: "a number in 0...2")
        + table(
            "top_p", \.topP, valid: [.leastNonzeroMagnitude, 0.5, 1], invalid: [0, (1.0).nextUp, -1, 2],
            allowed: "a number greater than 0 and at most 1")
        + table("min_p", \.minP, valid: [0, 0.5, 1], invalid: [(1.0).nextUp, -1, 2], allowed: "a number in 0...1")
        + table(
            "repetition_penalty", \.repetitionPenalty, valid: [.leastNonzeroMagnitude, 0.5, 1, 2, 1e308],
            invalid: [0, -1],
            allowed: "a finite number greater than 0")
        + table(
            "presence_penalty", \.presencePenalty, valid: [-2, 0, 2], invalid: [(2.0).nextUp, (-2.0).nextDown],
            allowed: "a number in -2...2")
        + table(
            "frequency_penalty", \.frequencyPenalty, valid: [-2, 0, 2], invalid: [(2.0).nextUp, -3],
            allowed: "a number in -2...2")

    static let strings: [Case] = [
        Case("stop 4 × 256", nil) { $0.stop = [String](repeating: String(repeating: "s", count: 256), count: 4) },
        Case("stop 5", "stop must be at most 4 entries, got 5 entries") { $0.stop = ["a", "b", "c", "d", "e"] },
        Case("stop long", "stop must be made of strings of at most 256 bytes, got a string of 257 bytes") {
            $0.stop = [String(repeating: "s", count: 257)]
        },
        Case("stop long in bytes", "stop must be made of strings of at most 256 bytes, got a string of 258 bytes") {
            $0.stop = [String(repeating: "é", count: 129)]
        },
        Case("stop empty", "stop must be made of strings that are not empty, got \"\"") { $0.stop = ["a", ""] },
        Case("bad_words", nil) { $0.badWords = [String](repeating: "w", count: 1_024) },
        Case("bad_words many", "bad_words must be at most 1024 entries, got 1025 entries") {
            $0.badWords = [String](repeating: "w", count: 1_025)
        },
        Case("bad_words empty", "bad_words must be made of strings that are not empty, got \"\"") {
            $0.badWords = [""]
        },
    ]

    static let tokens: [Case] = [
        Case("stop_token_ids", nil) { $0.stopTokenIDs = [0, 99] },
        Case("stop_token_ids 100", "stop_token_ids must be token ids in 0..<100 (the vocabulary), got 100") {
            $0.stopTokenIDs = [0, 100]
        },
        Case("stop_token_ids -1", "stop_token_ids must be token ids in 0..<100 (the vocabulary), got -1") {
            $0.stopTokenIDs = [-1]
        },
        Case("stop_token_ids many", "stop_token_ids must be at most 128 entries, got 129 entries") {
            $0.stopTokenIDs = [Int](repeating: 1, count: 129)
        },
        Case("allowed_token_ids", nil) { $0.allowedTokenIDs = [0, 99] },
        Case("allowed_token_ids all", nil) { $0.allowedTokenIDs = Array(0..<100) },
        Case("allowed_token_ids many", "allowed_token_ids must be at most 100 entries, got 101 entries") {
            $0.allowedTokenIDs = [Int](repeating: 1, count: 101)
        },
        Case("allowed_token_ids []", "allowed_token_ids must be a list of at least one token id, got []") {
            $0.allowedTokenIDs = []
        },
        Case("allowed_token_ids 100", "allowed_token_ids must be token ids in 0..<100 (the vocabulary), got 100") {
            $0.allowedTokenIDs = [100]
        },
        Case("logit_bias", nil) { $0.logitBias = [0: -1e30, 99: 3] },
        Case("logit_bias 100", "logit_bias must be token ids in 0..<100 (the vocabulary), got 100") {
            $0.logitBias = [100: 1]
        },
        Case("logit_bias NaN", "logit_bias[\"7\"] must be a finite number, got nan") { $0.logitBias = [7: .nan] },
        Case("logit_bias infinite", "logit_bias[\"7\"] must be a finite number, got inf") {
            $0.logitBias = [7: .infinity]
        },
    ]

    @Test func limitsCanBeWidened() {
        var limits = SamplingLimits()
        limits.maximumSequences = 17
        limits.maximumLogprobs = 100
        limits.maximumStopStrings = 5
        var params = SamplingParams(stop: ["a", "b", "c", "d", "e"], logprobs: -1, n: 17)
        #expect(Self.refusal(of: params, limits: limits) == nil)
        params.n = 18
        #expect(Self.refusal(of: params, limits: limits)?.field == "n")
    }

    @Test func biasEntriesAreCounted() {
        var params = SamplingParams()
        params.logitBias = Dictionary(uniqueKeysWithValues: (0..<301).map { ($0, 1) })
        #expect(Self.refusal(of: params)?.description == "logit_bias must be at most 300 entries, got 301 entries")
    }

    @Test func tokensOfAllSequencesHaveABudget() {
        var limits = SamplingLimits()
        limits.maximumGeneratedTokens = 160
        #expect(Self.refusal(of: SamplingParams(maxTokens: 16, n: 10), limits: limits) == nil)
        let error = Self.refusal(of: SamplingParams(maxTokens: 17, n: 10), limits: limits)
        #expect(
            error?.description
                == "max_tokens must be at most 160 tokens over all n sequences, got 17 for n = 10")
    }
}
