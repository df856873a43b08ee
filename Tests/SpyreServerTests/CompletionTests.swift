import SpyreEngine
import SpyreEngineTestSupport
import Testing

@testable import SpyreServer

/// POST /v1/completions.
@Suite struct CompletionTests {
    private static let greedy = SamplingParams(temperature: 0, maxTokens: 20, ignoreEOS: true)
    private static let fields = #""temperature": 0, "max_tokens": 20, "ignore_eos": true"#

    @Test func wholeAnswersAreThoseOfTheEngine() async throws {
        let expected = try TestServer.expected("The sea is", Self.greedy).completions[0]
        try await TestServer.with { server in
            let answer = try await server.client.post(
                "/v1/completions", #"{"model": "toy", "prompt": "The sea is", \#(Self.fields)}"#)
            #expect(answer.status == 200)
            #expect(answer.headers["content-type"] == "application/json")
            #expect(try answer.json("choices", 0, "text").string == expected.text)
            #expect(try answer.json("choices", 0, "finish_reason").string == "length")
            #expect(try answer.json("choices", 0, "logprobs") == .null)
            #expect(try answer.json("object").string == "text_completion")
            #expect(try answer.json("id").string?.hasPrefix("cmpl-") == true)
            #expect(try answer.json("model").string == "toy")
            #expect(try answer.json("usage", "prompt_tokens").int == 10)
            #expect(try answer.json("usage", "completion_tokens").int == 20)
            #expect(try answer.json("usage", "total_tokens").int == 30)
        }
    }

    @Test func streamsHaveTheSameText() async throws {
        let params = SamplingParams(temperature: 1, topP: 0.9, seed: 7, maxTokens: 30, ignoreEOS: true)
        let expected = try TestServer.expected("Once", params).completions[0]
        try await TestServer.with { server in
            let answer = try await server.client.post(
                "/v1/completions",
                #"{"prompt": "Once", "seed": 7, "top_p": 0.9, "max_tokens": 30, "ignore_eos": true, "stream": true, "#
                    + #""stream_options": {"include_usage": true}}"#)
            #expect(answer.status == 200)
            #expect(answer.headers["content-type"]?.hasPrefix("text/event-stream") == true)
            let chunks = try answer.chunks()
            let parts = chunks.dropLast()
            #expect(try parts.map { try $0.at("choices", 0, "text").string ?? "" }.joined() == expected.text)
            #expect(try parts.dropLast().allSatisfy { try $0.at("choices", 0, "finish_reason") == .null })
            #expect(try parts.last?.at("choices", 0, "finish_reason").string == "length")
            #expect(try parts.allSatisfy { try $0.at("usage") == .null })
            let last = try #require(chunks.last)
            #expect(try last.at("choices").list?.isEmpty == true)
            #expect(try last.at("usage", "completion_tokens").int == 30)
            #expect(try Set(chunks.map { try $0.at("id").string ?? "" }).count == 1)
        }
    }

    @Test func severalPromptsAndCompletionsHaveTheirNumbers() async throws {
        let params = SamplingParams(temperature: 1, seed: 3, maxTokens: 8, ignoreEOS: true, n: 2)
        let expected = try ["one", "two"].flatMap { text in
            try TestServer.expected(.text(text), params).completions.map(\.text)
        }
        try await TestServer.with { server in
            let body = #""prompt": ["one", "two"], "n": 2, "seed": 3, "max_tokens": 8, "ignore_eos": true"#
            let whole = try await server.client.post("/v1/completions", "{\(body)}")
            let choices = try #require(try whole.json("choices").list)
            #expect(try choices.map { try $0.at("index").int } == [0, 1, 2, 3])
            #expect(try choices.map { try $0.at("text").string } == expected)
            #expect(try whole.json("usage", "completion_tokens").int == 32)
            let stream = try await server.client.post("/v1/completions", "{\(body), \"stream\": true}")
            var texts = [String](repeating: "", count: 4)
            for chunk in try stream.chunks() {
                let index = try #require(try chunk.at("choices", 0, "index").int)
                texts[index] += try chunk.at("choices", 0, "text").string ?? ""
            }
            #expect(texts == expected)
        }
    }

    @Test func logprobsStandSideBySide() async throws {
        var params = SamplingParams(temperature: 0, maxTokens: 3, ignoreEOS: true, logprobs: 2)
        params.promptLogprobs = 2
        let expected = try TestServer.expected("ab", params)
        let completion = expected.completions[0]
        try await TestServer.with { server in
            let body =
                #""prompt": "ab", "temperature": 0, "max_tokens": 3, "ignore_eos": true, "logprobs": 2, "echo": true"#
            let whole = try await server.client.post("/v1/completions", "{\(body)}")
            #expect(try whole.json("choices", 0, "text").string == "ab" + completion.text)
            let logprobs = try whole.json("choices", 0, "logprobs")
            #expect(try logprobs.at("tokens").list?.count == 5)
            let values = try #require(try logprobs.at("token_logprobs").list)
            #expect(values.first == .null)
            #expect(values[1].double == expected.promptLogprobs?[1]?.token.logprob)
            #expect(values.dropFirst(2).map(\.double) == completion.logprobs?.map(\.token.logprob))
            #expect(try logprobs.at("top_logprobs", 0) == .null)
            #expect(try logprobs.at("text_offset", 1).int == 1)
            // In pieces the lists are the same, one after another.
            let stream = try await server.client.post("/v1/completions", "{\(body), \"stream\": true}")
            let chunks = try stream.chunks()
            #expect(
                try chunks.flatMap { try $0.at("choices", 0, "logprobs", "token_logprobs").list ?? [] } == values)
            #expect(
                try chunks.flatMap { try $0.at("choices", 0, "logprobs", "text_offset").list ?? [] }
                    == logprobs.at("text_offset").list)
        }
    }

    @Test func promptsAreScoredWithoutGenerating() async throws {
        try await TestServer.with { server in
            let answer = try await server.client.post(
                "/v1/completions", #"{"prompt": "abc", "max_tokens": 0, "echo": true, "logprobs": 1}"#)
            #expect(try answer.json("choices", 0, "text").string == "abc")
            #expect(try answer.json("choices", 0, "logprobs", "tokens").list?.count == 3)
            #expect(try answer.json("usage", "completion_tokens").int == 0)
        }
    }

    @Test func stopStringsAndTokenIDs() async throws {
        try await TestServer.with(.saying("one END two", promptLength: 3)) { server in
            let answer = try await server.client.post(
                "/v1/completions",
                #"{"prompt": [97, 98, 99], "temperature": 0, "stop": "END", "max_tokens": 50, "return_token_ids": true}"#
            )
            #expect(try answer.json("choices", 0, "text").string == "one ")
            #expect(try answer.json("choices", 0, "finish_reason").string == "stop")
            #expect(try answer.json("choices", 0, "stop_reason").string == "END")
            #expect(try answer.json("choices", 0, "token_ids").list?.count == 7)
            #expect(try answer.json("choices", 0, "prompt_token_ids").list?.compactMap(\.int) == [97, 98, 99])
        }
    }

    /// What clients send and this server does not know is passed over.
    @Test func unknownFieldsAreIgnored() async throws {
        try await TestServer.with { server in
            let answer = try await server.client.post(
                "/v1/completions", #"{"prompt": "a", "max_tokens": 2, "user": "u", "service_tier": {"x": [1, null]}}"#)
            #expect(answer.status == 200)
        }
    }

    @Test func requestIDsAreThoseOfTheClient() async throws {
        try await TestServer.with { server in
            let body = #"{"prompt": "a", "max_tokens": 1}"#
            let own = try await server.client.post("/v1/completions", body, headers: [("X-Request-Id", "abc-1")])
            #expect(try own.json("id").string == "cmpl-abc-1")
            let hostile = try await server.client.post(
                "/v1/completions", body, headers: [("X-Request-Id", "a b\"c")])
            #expect(try hostile.json("id").string?.contains("\"") == false)
        }
    }
}
