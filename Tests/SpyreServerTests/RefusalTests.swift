import Foundation
import SpyreEngine
import SpyreEngineTestSupport
import Testing

@testable import SpyreServer

/// What is refused is refused with its field's name, and with a status that a client can act on.
@Suite struct RefusalTests {
    /// A field of a completions request and a value that is wrong for it.
    struct Case: Sendable, CustomTestStringConvertible {
        let field: String
        let value: String
        var testDescription: String { "\(field): \(value)" }
    }

    static let cases: [Case] = {
        let numbers = ["temperature", "top_p", "min_p", "presence_penalty", "frequency_penalty", "repetition_penalty"]
        let integers = ["n", "max_tokens", "seed", "top_k", "min_tokens", "logprobs", "prompt_logprobs", "best_of"]
        var cases: [Case] = []
        for field in numbers + integers {
            for value in ["\"text\"", "true", "[1]", "{}", "NaN", "Infinity", "1e999"] {
                cases.append(Case(field: field, value: value))
            }
        }
        for field in integers { cases.append(Case(field: field, value: "0.5")) }
        for (field, values) in [
            "temperature": ["-0.1", "2.1", "1e308"], "top_p": ["0", "1.1", "-1"], "min_p": ["-0.1", "1.1"],
            "presence_penalty": ["-2.1", "2.1"], "frequency_penalty": ["-2.1", "2.1"],
            "repetition_penalty": ["0", "-1"], "n": ["0", "-1", "17"], "max_tokens": ["0", "-1", "513"],
            "top_k": ["-2", "4294967296"], "min_tokens": ["-1", "17"], "logprobs": ["-1", "21"],
            "prompt_logprobs": ["-1", "21"], "seed": ["9223372036854775808"], "best_of": ["2"],
            "stop": ["\"\"", "[\"a\",\"b\",\"c\",\"d\",\"e\"]", "[1]", "7", "{}"],
            "stop_token_ids": ["[-1]", "[272]", "7", "[\"a\"]"], "allowed_token_ids": ["[]", "[272]", "{}"],
            "logit_bias": ["{\"x\": 1}", "{\"1\": \"a\"}", "{\"272\": 1}", "[]", "{\"1\": NaN}"],
            "bad_words": ["[\"\"]", "3"], "ignore_eos": ["1", "\"yes\""], "stream": ["1", "\"true\""],
            "echo": ["1"], "suffix": ["\"x\""], "model": ["7"], "cache_salt": ["\"\"", "\"a/b\"", "1"],
            "priority": ["1"], "use_beam_search": ["true"], "truncate_prompt_tokens": ["0", "-2"],
            "stream_options": ["{\"include_usage\": true}", "[]"], "guided_json": ["{}"], "prompt_embeds": ["\"x\""],
            "response_format": ["7"], "skip_special_tokens": ["0"],
        ] {
            for value in values { cases.append(Case(field: field, value: value)) }
        }
        return cases.sorted { ($0.field, $0.value) < ($1.field, $1.value) }
    }()

    /// One server for all of them: none does it harm.
    @Test func everyFaultNamesItsField() async throws {
        try await TestServer.with { server in
            for faulty in Self.cases {
                let answer = try await server.client.post(
                    "/v1/completions", "{\"prompt\": \"a\", \"\(faulty.field)\": \(faulty.value)}")
                #expect(answer.status == 400, "\(faulty): \(answer.text)")
                #expect(try answer.json("error", "param").string == faulty.field, "\(faulty): \(answer.text)")
                #expect(try answer.json("error", "type").string == "BadRequestError")
                #expect(try answer.json("error", "code").int == 400)
            }
            let good = try await server.client.post("/v1/completions", #"{"prompt": "a", "max_tokens": 1}"#)
            #expect(good.status == 200)
        }
    }

    @Test func promptsAndMessages() async throws {
        try await TestServer.with { server in
            for body in [
                "{}", "{\"prompt\": null}", "{\"prompt\": \"\"}", "{\"prompt\": []}", "{\"prompt\": [[]]}",
                "{\"prompt\": 7}", "{\"prompt\": [\"a\", 7]}", "{\"prompt\": [999]}", "{\"prompt\": [-1]}",
                "{\"prompt\": \"\(String(repeating: "x", count: 600))\"}",
            ] {
                let answer = try await server.client.post("/v1/completions", body)
                #expect(answer.status == 400, "\(body)")
                #expect(try answer.json("error", "param").string == "prompt", "\(body): \(answer.text)")
            }
            for messages in [
                "null", "[]", "7", "[7]", "[{}]", "[{\"role\": 7}]", "[{\"role\": \"user\"}]",
                "[{\"role\": \"user\", \"content\": 7}]",
                "[{\"role\": \"user\", \"content\": [{\"type\": \"image_url\"}]}]",
            ] {
                let answer = try await server.client.post("/v1/chat/completions", "{\"messages\": \(messages)}")
                #expect(answer.status == 400, "\(messages)")
                #expect(
                    try answer.json("error", "param").string?.hasPrefix("messages") == true,
                    "\(messages): \(answer.text)")
            }
        }
    }

    @Test func bodiesThatAreNoRequests() async throws {
        try await TestServer.with { server in
            for body in ["", "nonsense", "[]", "7", "{\"prompt\": \"a\"", "{\"prompt\": \"a\"} x", "\u{FEFF}{}"] {
                let answer = try await server.client.post("/v1/completions", body)
                #expect(answer.status == 400, "\(body): \(answer.text)")
                #expect(try answer.json("error", "message").string?.isEmpty == false)
            }
            let notText = try await server.client.send(.POST, "/v1/completions", body: [0x7B, 0x22, 0xFF, 0x22, 0x7D])
            #expect(notText.status == 400)
        }
    }

    @Test func longBodiesAre413() async throws {
        try await TestServer.with(configure: { $0.requestLimits.bodyBytes = 1000 }) { server in
            func body(_ count: Int) -> String {
                let frame = #"{"prompt": "a", "max_tokens": 1, "user": ""}"#
                return frame.replacingOccurrences(
                    of: "\"\"", with: "\"" + String(repeating: "u", count: count - frame.count) + "\"")
            }
            #expect(try await server.client.post("/v1/completions", body(1000)).status == 200)
            let long = try await server.client.post("/v1/completions", body(1001))
            #expect(long.status == 413)
            #expect(try long.json("error", "message").string?.contains("1000") == true)
        }
    }

    @Test func modelsPathsAndMethods() async throws {
        try await TestServer.with { server in
            let model = try await server.client.post("/v1/completions", #"{"model": "other", "prompt": "a"}"#)
            #expect(model.status == 404)
            #expect(try model.json("error", "param").string == "model")
            #expect(try model.json("error", "type").string == "NotFoundError")
            let alias = try await server.client.post("/v1/completions", #"{"model": "alias", "prompt": "a"}"#)
            #expect(alias.status == 200)
            let path = try await server.client.get("/v2/nothing")
            #expect(path.status == 404)
            #expect(try path.json("error", "type").string == "NotFoundError")
            let method = try await server.client.get("/v1/completions")
            #expect(method.status == 405)
            let embeddings = try await server.client.post("/v1/embeddings", #"{"input": "a"}"#)
            #expect(embeddings.status == 400)
        }
    }

    @Test func fullQueuesAre429() async throws {
        let gate = StepGate()
        try await TestServer.with(queueLimits: QueueLimits(waitingRequests: 1), gate: gate) { server in
            let first = try server.engine.generate("x", SamplingParams(temperature: 0, maxTokens: 2))
            // The tokenizer would refuse this prompt with 400: it is not asked.
            let answer = try await server.client.post("/v1/completions", #"{"prompt": "refuse me"}"#)
            #expect(answer.status == 429)
            #expect(answer.headers["retry-after"].flatMap { Int($0) }.map { (1...60).contains($0) } == true)
            #expect(try answer.json("error", "type").string == "RateLimitError")
            #expect(try await server.client.get("/health/ready").status == 503)
            #expect(try await server.client.get("/health").status == 200)
            gate.open()
            _ = try await first.output()
            #expect(try await server.client.post("/v1/completions", #"{"prompt": "a"}"#).status == 200)
            #expect(try await server.client.get("/health/ready").status == 200)
        }
    }
}
