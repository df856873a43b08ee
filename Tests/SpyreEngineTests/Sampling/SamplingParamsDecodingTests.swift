import Foundation
import Testing

@testable import SpyreEngine

@Suite struct SamplingParamsDecodingTests {
    static func decode(_ json: String, defaults: SamplingParams = SamplingParams()) throws -> SamplingParams {
        try SamplingParams.decode(json: Data(json.utf8), defaults: defaults, otherFields: ["prompt", "prompt_ids"])
    }

    static let full = """
        {"prompt": "x", "n": 2, "temperature": 0.7, "top_p": 0.9, "top_k": 40, "min_p": 0.05,
         "repetition_penalty": 1.1, "presence_penalty": 0.5, "frequency_penalty": -0.5, "seed": -9223372036854775808,
         "stop": ["a", "b"], "stop_token_ids": [1, 2], "include_stop_str_in_output": true, "ignore_eos": true,
         "min_tokens": 3, "max_tokens": 30, "logprobs": 5, "prompt_logprobs": 0,
         "logit_bias": {"7": -1.5, "8": 100}, "bad_words": ["w"], "allowed_token_ids": [1, 2, 3],
         "skip_special_tokens": false}
        """

    static var fullParams: SamplingParams {
        var params = SamplingParams(
            temperature: 0.7, topP: 0.9, topK: 40, minP: 0.05, seed: .min, maxTokens: 30, stop: ["a", "b"],
            ignoreEOS: true, logprobs: 5, n: 2)
        params.repetitionPenalty = 1.1
        params.presencePenalty = 0.5
        params.frequencyPenalty = -0.5
        params.stopTokenIDs = [1, 2]
        params.includeStopStringInOutput = true
        params.minTokens = 3
        params.promptLogprobs = 0
        params.logitBias = [7: -1.5, 8: 100]
        params.badWords = ["w"]
        params.allowedTokenIDs = [1, 2, 3]
        params.skipSpecialTokens = false
        return params
    }

    @Test func everyField() throws {
        #expect(try Self.decode(Self.full) == Self.fullParams)
    }

    @Test func absentFieldsAndNullsKeepTheDefaults() throws {
        #expect(try Self.decode("{}") == SamplingParams())
        #expect(try Self.decode("{}", defaults: Self.fullParams) == Self.fullParams)
        let nulls = SamplingParams.Field.allCases.filter { $0 != .maxTokens }.map { "\"\($0.rawValue)\": null" }
        let json = "{" + nulls.joined(separator: ", ") + "}"
        #expect(try Self.decode(json, defaults: Self.fullParams) == Self.fullParams)
        var expected = Self.fullParams
        expected.temperature = 0
        #expect(try Self.decode("{\"temperature\": 0}", defaults: Self.fullParams) == expected)
    }

    @Test func nullMaxTokensMeansTheContext() throws {
        #expect(try Self.decode("{\"max_tokens\": null}").maxTokens == nil)
    }

    @Test func oneStopStringStandsForAList() throws {
        #expect(try Self.decode("{\"stop\": \"\\n\\n\"}").stop == ["\n\n"])
        #expect(try Self.decode("{\"stop\": null}").stop == [])
    }

    @Test func encodingRoundTrips() throws {
        let encoder = JSONEncoder()
        for params in [SamplingParams(), Self.fullParams] {
            let data = try encoder.encode(params)
            #expect(try SamplingParams.decode(json: data) == params)
        }
        var params = SamplingParams()
        params.maxTokens = nil
        #expect(try SamplingParams.decode(json: encoder.encode(params)) == params)
        let keys = try #require(JSONSerialization.jsonObject(with: encoder.encode(Self.fullParams)) as? [String: Any])
        #expect(Set(keys.keys) == Set(SamplingParams.Field.allCases.map(\.rawValue)))
    }

    @Test(arguments: [
        ("{\"temperature\": \"0.7\"}", "temperature must be a number, got the string \"0.7\""),
        ("{\"temperature\": true}", "temperature must be a number, got true"),
        ("{\"temperature\": [1]}", "temperature must be a number, got a list"),
        ("{\"temperature\": {}}", "temperature must be a number, got an object"),
        ("{\"top_k\": 1.5}", "top_k must be an integer, got 1.5"),
        ("{\"top_k\": 9223372036854775808}", "top_k must be an integer, got "),
        ("{\"seed\": 9223372036854775808}", "seed must be an integer of 64 bits, got "),
        ("{\"seed\": \"1\"}", "seed must be an integer of 64 bits, got the string \"1\""),
        ("{\"n\": \"1\"}", "n must be an integer, got the string \"1\""),
        ("{\"top_p\": 1e999}", "top_p must be a number, got a number out of range"),
        ("{\"ignore_eos\": 1}", "ignore_eos must be true or false, got 1.0"),
        ("{\"ignore_eos\": \"yes\\nno\"}", "ignore_eos must be true or false, got the string \"yes\\nno\""),
        ("{\"stop\": 3}", "stop must be a string or a list of strings, got 3.0"),
        ("{\"stop\": [3]}", "stop must be a string or a list of strings, got a list"),
        ("{\"stop_token_ids\": \"3\"}", "stop_token_ids must be a list of integers, got the string \"3\""),
        ("{\"stop_token_ids\": [null]}", "stop_token_ids must be a list of integers, got a list"),
        ("{\"logprobs\": true}", "logprobs must be an integer, got true"),
        ("{\"max_tokens\": \"x\"}", "max_tokens must be an integer, got the string \"x\""),
        ("{\"logit_bias\": [1]}", "logit_bias must be an object from token ids to numbers, got a list"),
        ("{\"logit_bias\": {\"a\": 1}}", "logit_bias must be an object from token ids to numbers, got the key \"a\""),
        ("{\"logit_bias\": {\"7\": \"1\"}}", "logit_bias must be an object from token ids to numbers, got an object"),
        ("{\"logit_bias\": {\"7\": 1, \"07\": 2}}", "logit_bias names the token id 7 twice"),
        ("{\"temprature\": 1}", "unknown sampling field temprature; the fields are n, temperature, top_p, "),
        ("{\"b\": 1, \"a\": 2}", "unknown sampling field a; "),
        ("[]", "sampling parameters must be a JSON object: "),
        ("3", "sampling parameters must be a JSON object: "),
        ("", "sampling parameters must be a JSON object: "),
        ("{\"temperature\": NaN}", "sampling parameters must be a JSON object: "),
        ("{\"temperature\": ", "sampling parameters must be a JSON object: "),
    ])
    func faultsNameTheField(json: String, message: String) {
        let error = #expect(throws: SamplingParamsError.self) { try Self.decode(json) }
        let description = error?.description ?? ""
        #expect(description.hasPrefix(message), "\(description)")
        let lines = description.split(whereSeparator: \.isNewline)
        #expect(lines.count == 1)
    }

    @Test func aHugeBiasIsLeftToValidation() throws {
        let params = try Self.decode("{\"logit_bias\": {\"7\": 1e300}}")
        let error = #expect(throws: SamplingParamsError.self) {
            try params.validate(vocabularySize: 10, maximumModelLength: 64)
        }
        #expect(error?.field == "logit_bias[\"7\"]")
    }

    @Test func longTextsInErrorsAreCut() {
        let error = #expect(throws: SamplingParamsError.self) {
            try Self.decode("{\"n\": \"\(String(repeating: "x", count: 100_000))\"}")
        }
        #expect((error?.description.count ?? .max) < 100)
    }
}
