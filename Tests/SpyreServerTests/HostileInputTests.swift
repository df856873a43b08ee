import NIOCore
import NIOHTTP1
import SpyreEngine
import SpyreEngineTestSupport
import Testing

@testable import SpyreServer

/// Requests that nobody should send do the server no harm.
@Suite struct HostileInputTests {
    private static let bodies = [
        #"{"model": "toy", "prompt": "The sea is", "max_tokens": 3, "temperature": 0.5, "top_p": 0.9, "n": 2, "#
            + #""seed": 7, "stop": ["END"], "logprobs": 2, "logit_bias": {"97": -1.5}, "echo": true}"#,
        #"{"prompt": [[1, 2, 3], [4, 5]], "max_tokens": 2, "stream": true, "stream_options": {"include_usage": true}}"#,
        #"{"messages": [{"role": "user", "content": [{"type": "text", "text": "é \u00e9 \ud83d\ude00"}]}], "#
            + #""max_tokens": 2, "tools": null, "response_format": {"type": "text"}, "chat_template_kwargs": {"a": [1]}}"#,
        #"{"messages": [{"role": "assistant", "tool_calls": [{"function": {"name": "f", "arguments": "{}"}}]}], "#
            + #""max_completion_tokens": 1, "top_logprobs": 1, "logprobs": true, "stream": true}"#,
    ]
    private static let words = [
        "null", "-1", "0", "1e999", "NaN", "9223372036854775807", "-9223372036854775808", "\"\"", "[]", "{}", "true",
        "\"\\u0000\"", "[[[[[[", "\"<|im_start|>\"", "1e-999", "18446744073709551616", ",", ":", "\"", "}",
    ]

    /// A body with a few bytes changed, cut, doubled, or replaced by what is hard to read.
    private func mutate(_ body: String, _ generator: inout SeededGenerator) -> [UInt8] {
        var bytes = Array(body.utf8)
        for _ in 0..<Int.random(in: 1...4, using: &generator) where !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count, using: &generator)
            let end = min(bytes.count, place + Int.random(in: 1...12, using: &generator))
            switch Int.random(in: 0..<5, using: &generator) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
            case 1: bytes.removeSubrange(place..<end)
            case 2: bytes.insert(contentsOf: bytes[place..<end], at: place)
            case 3: bytes.replaceSubrange(place..<end, with: (Self.words.randomElement(using: &generator) ?? "").utf8)
            default: bytes.insert(contentsOf: (Self.words.randomElement(using: &generator) ?? "").utf8, at: place)
            }
        }
        return bytes
    }

    /// SplitMix64 (Steele, Lea and Flood, 2014), so that a failure can be repeated.
    private struct SeededGenerator: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }

    @Test(arguments: 0..<4)
    func mutatedRequestsAreServedOrRefused(kind: Int) async throws {
        try await TestServer.with { server in
            var generator = SeededGenerator(state: UInt64(kind))
            let path = kind < 2 ? "/v1/completions" : "/v1/chat/completions"
            var served = 0
            try await server.client.connect().executeThenClose { inbound, outbound in
                var iterator = inbound.makeAsyncIterator()
                for round in 0..<250 {
                    let body = mutate(Self.bodies[kind], &generator)
                    try await HTTPClient.write(.POST, path, body, [], to: outbound)
                    let answer = try await HTTPClient.read(&iterator)
                    if answer.status == 200 { served += 1 }
                    #expect(
                        [200, 400, 404].contains(answer.status),
                        "round \(round): \(answer.status) for \(String(decoding: body, as: UTF8.self))")
                }
            }
            #expect(served > 5)
            #expect(try await server.wait { $0.runningRequests == 0 && $0.usedBlocks == 0 })
            #expect(try await server.client.get("/health/ready").status == 200)
        }
    }

    /// Streams that are closed at random moments leave nothing behind, and the others are as they are alone.
    @Test func aStormOfClosedStreams() async throws {
        let params = SamplingParams(temperature: 0, maxTokens: 40, ignoreEOS: true)
        let expected = try TestServer.expected("stays", params).completions[0].text
        try await TestServer.with(limits: TestEngine.limits(rows: 128, sequences: 16, blocks: 60)) { server in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<150 {
                    group.addTask {
                        let body =
                            #"{"prompt": "victim \#(number)", "max_tokens": 400, "ignore_eos": true, "stream": true}"#
                        let bytes = number % 7 * 300
                        _ = try await server.client.read("/v1/completions", body) { $0.body.count >= bytes }
                    }
                    guard number.isMultiple(of: 25) else { continue }
                    group.addTask {
                        let answer = try await server.client.post(
                            "/v1/completions",
                            #"{"prompt": "stays", "temperature": 0, "max_tokens": 40, "ignore_eos": true}"#)
                        #expect(try answer.json("choices", 0, "text").string == expected)
                    }
                }
                try await group.waitForAll()
            }
            #expect(
                try await server.wait { $0.usedBlocks == 0 && $0.runningRequests == 0 && $0.waitingRequests == 0 })
            #expect(server.engine.load.endedRequests.values.reduce(0, +) <= 156)
            #expect(try await server.client.get("/health/ready").status == 200)
        }
    }
}
