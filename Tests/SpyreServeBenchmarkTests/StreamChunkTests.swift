import Testing

@testable import SpyreServeBenchmark

struct StreamChunkTests {
    private func chunk(_ json: String) throws -> StreamChunk { try StreamChunk(json: [UInt8](json.utf8)) }

    @Test func completionChunks() throws {
        let text = try chunk(
            #"{"id":"cmpl-1","choices":[{"index":0,"text":" sea \"x\" }]","logprobs":null,"finish_reason":null}],"usage":null}"#
        )
        #expect(text.hasChoice && text.hasOutput && !text.isFinish && text.usage == nil)
        let last = try chunk(#" { "choices" : [ { "text" : "" , "finish_reason" : "length" } ] } "#)
        #expect(last.hasChoice && !last.hasOutput && last.isFinish)
    }

    @Test func chatChunks() throws {
        let opening = try chunk(#"{"choices":[{"delta":{"role":"assistant","content":""},"finish_reason":null}]}"#)
        #expect(opening.hasChoice && opening.hasRole && !opening.hasOutput)
        #expect(try chunk(#"{"choices":[{"delta":{"content":"a"}}]}"#).hasOutput)
        #expect(try chunk(#"{"choices":[{"delta":{"reasoning_content":"a"}}]}"#).hasOutput)
        #expect(try chunk(#"{"choices":[{"delta":{"tool_calls":[{"index":0}]}}]}"#).hasOutput)
        #expect(try !chunk(#"{"choices":[{"delta":{"tool_calls":[],"content":null}}]}"#).hasOutput)
    }

    @Test func usage() throws {
        let last = try chunk(
            #"{"choices":[],"usage":{"prompt_tokens":12,"prompt_tokens_details":{"cached_tokens":4},"completion_tokens":34,"total_tokens":46}}"#
        )
        #expect(!last.hasChoice)
        #expect(last.usage == TokenUsage(promptTokens: 12, completionTokens: 34))
        #expect(try chunk(#"{"choices":[],"usage":{"prompt_tokens":1}}"#).usage == nil)
        #expect(try chunk(#"{"choices":[],"usage":{"completion_tokens":99999999999999999999}}"#).usage == nil)
    }

    @Test func errorsOfTheServer() throws {
        #expect(throws: StreamProblem.reported("no memory")) {
            try chunk(#"{"error":{"message":"no\nmemory","type":"x","code":500}}"#)
        }
        #expect(throws: StreamProblem.reported("gone")) { try chunk(#"{"error":"gone"}"#) }
        #expect(try chunk(#"{"choices":[{"text":"a"}],"error":null}"#).hasOutput)
    }

    @Test(
        arguments: [
            "", " ", "{", "[]", "1", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1}x", "{\"choices\":[{\"text\":\"a",
            "{a:1}",
            "{\"choices\":[1]}", "{\"a\":\"\\", "{\"a\":?}", String(repeating: "{\"a\":", count: 500),
        ])
    func whatIsNoChunkIsRefused(json: String) {
        #expect(throws: StreamProblem.self) { try chunk(json) }
    }
}
