import SpyreEngine
import SpyreEngineTestSupport
import Testing

@testable import SpyreServer

/// POST /v1/chat/completions.
@Suite struct ChatTests {
    private static let prompt = "<system>Be brief.|<user>Hi|<assistant>"
    private static let messages =
        #""messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi"}]"#

    @Test func wholeAnswersAreThoseOfTheEngine() async throws {
        let params = SamplingParams(temperature: 0, maxTokens: 20, ignoreEOS: true)
        let expected = try TestServer.expected(.text(Self.prompt), params).completions[0]
        try await TestServer.with { server in
            let answer = try await server.client.post(
                "/v1/chat/completions",
                "{\(Self.messages), \"temperature\": 0, \"max_tokens\": 20, \"ignore_eos\": true}")
            #expect(answer.status == 200)
            #expect(try answer.json("object").string == "chat.completion")
            #expect(try answer.json("id").string?.hasPrefix("chatcmpl-") == true)
            #expect(try answer.json("choices", 0, "message", "role").string == "assistant")
            #expect(try answer.json("choices", 0, "message", "content").string == expected.text)
            #expect(try answer.json("choices", 0, "finish_reason").string == "length")
            #expect(try answer.json("usage", "prompt_tokens").int == Self.prompt.utf8.count)
        }
    }

    @Test func streamsBeginWithTheRole() async throws {
        let params = SamplingParams(temperature: 0, maxTokens: 12, ignoreEOS: true, logprobs: 1)
        let expected = try TestServer.expected(.text(Self.prompt), params).completions[0]
        try await TestServer.with { server in
            let answer = try await server.client.post(
                "/v1/chat/completions",
                "{\(Self.messages), \"temperature\": 0, \"max_completion_tokens\": 12, \"ignore_eos\": true, "
                    + #""stream": true, "logprobs": true, "top_logprobs": 1}"#)
            let chunks = try answer.chunks()
            #expect(try chunks.first?.at("choices", 0, "delta", "role").string == "assistant")
            #expect(try chunks.first?.at("choices", 0, "delta", "content").string == "")
            #expect(try chunks.allSatisfy { try $0.at("object").string == "chat.completion.chunk" })
            let texts = try chunks.map { try $0.at("choices", 0, "delta", "content").string ?? "" }
            #expect(texts.joined() == expected.text)
            #expect(try chunks.last?.at("choices", 0, "finish_reason").string == "length")
            let logprobs = try chunks.dropFirst().flatMap { chunk in
                try chunk.at("choices", 0, "logprobs", "content").list ?? []
            }
            #expect(try logprobs.map { try $0.at("logprob").double } == expected.logprobs?.map(\.token.logprob))
            #expect(try logprobs.allSatisfy { try $0.at("top_logprobs").list?.count == 1 })
            #expect(chunks.allSatisfy { !$0.has("usage") })
        }
    }

    @Test func partsOfContentBecomeOneText() async throws {
        try await TestServer.with { server in
            let answer = try await server.client.post(
                "/tokenize",
                #"{"messages": [{"role": "user", "content": [{"type": "text", "text": "a"}, "#
                    + #"{"type": "text", "text": "b"}]}], "return_token_strs": true}"#)
            let texts = try #require(try answer.json("token_strs").list)
            #expect(texts.compactMap(\.string).joined() == "<user>a\nb|<assistant>")
            #expect(try answer.json("count").int == 21)
        }
    }

    @Test func aBegunAnswerIsContinued() async throws {
        try await TestServer.with { server in
            let answer = try await server.client.post(
                "/tokenize",
                #"{"messages": [{"role": "user", "content": "x"}, {"role": "assistant", "content": "Sure,"}], "#
                    + #""continue_final_message": true, "return_token_strs": true}"#)
            let texts = try #require(try answer.json("token_strs").list)
            #expect(texts.compactMap(\.string).joined() == "<user>x|<assistant>Sure,")
        }
    }

    /// Without a limit the answer ends where the context does.
    @Test func answersMayFillTheContext() async throws {
        try await TestServer.with(limits: TestEngine.limits(modelLength: 64)) { server in
            let answer = try await server.client.post(
                "/v1/chat/completions",
                #"{"messages": [{"role": "user", "content": "x"}], "temperature": 0, "ignore_eos": true}"#)
            #expect(try answer.json("usage", "total_tokens").int == 64)
        }
    }
}
