import NIOCore
import NIOHTTP1
import SpyreEngine
import SpyreEngineTestSupport
import Testing

@testable import SpyreServer

/// Clients that go away, keep their connection, are slow; engines that fail or drain.
@Suite struct ConnectionTests {
    private static let endless = #"{"prompt": "x", "temperature": 0, "max_tokens": 400, "ignore_eos": true"#

    @Test(arguments: [true, false])
    func aClientThatGoesAwayEndsItsRequest(streams: Bool) async throws {
        let gate = StepGate(permits: 3)
        try await TestServer.with(gate: gate) { server in
            if streams {
                _ = try await server.client.read("/v1/completions", Self.endless + #", "stream": true}"#) {
                    !$0.body.isEmpty
                }
            } else {
                try await server.client.connect().executeThenClose { _, outbound in
                    try await HTTPClient.write(
                        .POST, "/v1/completions", Array((Self.endless + "}").utf8), [], to: outbound)
                    #expect(try await server.wait { $0.usedBlocks == 1 })
                }
            }
            // The engine stands before its fourth step: the request is given up there, not at its end.
            #expect(try await server.wait { _ in gate.isHolding })
            try await Task.sleep(for: .milliseconds(50))
            gate.open()
            #expect(try await server.wait { $0.endedRequests[.abort] == 1 && $0.usedBlocks == 0 })
            #expect(server.engine.load.generationTokens < 400)
        }
    }

    @Test func connectionsAreKept() async throws {
        try await TestServer.with { server in
            try await server.client.connect().executeThenClose { inbound, outbound in
                var iterator = inbound.makeAsyncIterator()
                for stream in ["", #", "stream": true"#, ""] {
                    let body = #"{"prompt": "a", "max_tokens": 3"# + stream + "}"
                    try await HTTPClient.write(.POST, "/v1/completions", Array(body.utf8), [], to: outbound)
                    #expect(try await HTTPClient.read(&iterator).status == 200)
                }
                try await HTTPClient.write(.GET, "/health", [], [], to: outbound)
                #expect(try await HTTPClient.read(&iterator).status == 200)
            }
        }
    }

    @Test func aFailedEngineEndsStreamsWithoutDone() async throws {
        try await TestServer.with(failingStep: 3) { server in
            let answer = try await server.client.post("/v1/completions", Self.endless + #", "stream": true}"#)
            #expect(answer.status == 200)
            #expect(!answer.text.contains("[DONE]"))
            let last = try JSONParser.parse(Array((answer.events.last ?? "").utf8))
            #expect(try last.at("error", "code").int == 503)
            #expect(try await server.client.get("/health").status == 503)
            #expect(try await server.client.get("/health/live").status == 503)
            #expect(try await server.client.post("/v1/completions", Self.endless + "}").status == 503)
        }
    }

    @Test func unusableLogitsAre500AndOthersGoOn() async throws {
        try await TestServer.with(.poisoned(by: 7)) { server in
            let bad = try await server.client.post("/v1/completions", #"{"prompt": [7, 1]}"#)
            #expect(bad.status == 500)
            #expect(try bad.json("error", "message").string?.contains("not a number") == true)
            let good = try await server.client.post(
                "/v1/completions", #"{"prompt": [1, 2], "temperature": 0, "max_tokens": 2}"#)
            #expect(good.status == 200)
        }
    }

    @Test func slowSendersAre408() async throws {
        try await TestServer.with(configure: { $0.readTimeLimit = .milliseconds(100) }) { server in
            try await server.client.connect().executeThenClose { inbound, outbound in
                let headers = HTTPHeaders([("Host", "localhost"), ("Content-Length", "100")])
                try await outbound.write(
                    .head(HTTPRequestHead(version: .http1_1, method: .POST, uri: "/v1/completions", headers: headers)))
                try await outbound.write(.body(.byteBuffer(ByteBuffer(string: "{"))))
                var iterator = inbound.makeAsyncIterator()
                #expect(try await HTTPClient.read(&iterator).status == 408)
            }
            #expect(try await server.client.get("/health").status == 200)
        }
    }

    /// A graceful shutdown waits for the answers that are under way.
    @Test func answersUnderWayAreFinished() async throws {
        let gate = StepGate()
        let answer = try await TestServer.with(gate: gate) {
            server async throws -> Task<HTTPAnswer, any Error> in
            let client = server.client
            let answer = Task { try await client.post("/v1/completions", Self.endless + "}") }
            #expect(try await server.wait { _ in gate.isHolding })
            Task {
                try await Task.sleep(for: .milliseconds(50))
                gate.open()
            }
            return answer
        }
        let finished = try await answer.value
        #expect(finished.status == 200)
        #expect(try finished.json("usage", "completion_tokens").int == 400)
    }

    @Test func modelsVersionAndTokens() async throws {
        try await TestServer.with { server in
            let models = try await server.client.get("/v1/models")
            #expect(try models.json("data").list?.count == 2)
            #expect(try models.json("data", 0, "id").string == "toy")
            #expect(try models.json("data", 0, "max_model_len").int == 512)
            #expect(try await server.client.get("/v1/models/alias").json("id").string == "alias")
            #expect(try await server.client.get("/v1/models/none").status == 404)
            #expect(try await server.client.get("/version").json("version").string == "1.2.3")
            #expect(try await server.client.get("/ping").status == 200)
            let tokens = try await server.client.post("/tokenize", #"{"prompt": "aé"}"#)
            #expect(try tokens.json("tokens").list?.compactMap(\.int) == [97, 0xC3, 0xA9])
            let text = try await server.client.post("/detokenize", #"{"tokens": [97, 195, 169]}"#)
            #expect(try text.json("prompt").string == "aé")
            let strange = try await server.client.post("/detokenize", #"{"tokens": [-1]}"#)
            #expect(strange.status == 400)
        }
    }
}
