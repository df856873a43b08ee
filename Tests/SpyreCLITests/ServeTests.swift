import Foundation
import Testing

/// `spyre serve`, as a process.
@Suite struct ServeTests {
    /// A server that answers requests.
    private struct Serving {
        let process: Process
        let errors: Pipe
        let port: UInt16

        init(_ arguments: [String] = []) throws {
            process = try SpyreProgram().process(
                [
                    "serve", "--model", MicroModels.path("llama-gqa"), "--port", "0", "--threads", "1",
                    "--max-num-seqs", "4", "--served-model-name", "micro",
                ] + arguments)
            errors = Pipe()
            process.standardError = errors
            process.standardInput = FileHandle.nullDevice
            process.standardOutput = FileHandle.nullDevice
            try process.run()
            var text = ""
            while !text.hasSuffix("\n") || !text.contains("http://127.0.0.1:") {
                let data = try errors.fileHandleForReading.read(upToCount: 1) ?? Data()
                try #require(!data.isEmpty, "the server ended: \(text)")
                text += String(decoding: data, as: UTF8.self)
            }
            let digits = text[(try #require(text.range(of: "http://127.0.0.1:"))).upperBound...]
            port = try #require(UInt16(digits.prefix { $0.isNumber }))
        }
    }

    private static let body = #"{"prompt": "The sea is", "max_tokens": 8, "temperature": 0, "ignore_eos": true"#

    @Test func servesAndDrains() throws {
        let serving = try Serving()
        defer { serving.process.terminate() }
        #expect(try PlainHTTP.request("GET", "/health", port: serving.port).status == 200)
        #expect(try PlainHTTP.request("GET", "/v1/models", port: serving.port).body.contains("\"micro\""))
        let answer = try PlainHTTP.request("POST", "/v1/completions", body: Self.body + "}", port: serving.port)
        #expect(answer.status == 200)
        let offline = try SpyreProgram()([
            "generate", "--model", MicroModels.path("llama-gqa"), "--prompt", "The sea is", "--max-tokens", "8",
            "--temperature", "0", "--ignore-eos", "--json",
        ])
        let expected = try #require(try jsonObjects(offline.output).first?["text"] as? String)
        let served = try #require(try jsonObjects(answer.body).first?["choices"] as? [[String: Any]])
        #expect(served.first?["text"] as? String == expected)

        // A stream that has begun when the signal comes is served to its end.
        let stream = try PlainHTTP.connect(port: serving.port)
        defer { close(stream) }
        let long = #"{"prompt": "a", "max_tokens": 60, "ignore_eos": true, "stream": true}"#
        PlainHTTP.send("POST", "/v1/completions", body: long, to: stream)
        let begin = PlainHTTP.read(stream, until: "data: ")
        kill(serving.process.processIdentifier, SIGTERM)
        let text = begin + PlainHTTP.read(stream)
        #expect(text.contains("data: [DONE]"))
        #expect(text.contains("\"length\""))
        serving.process.waitUntilExit()
        #expect(serving.process.terminationReason == .exit)
        #expect(serving.process.terminationStatus == 0)
    }

    @Test func interruptsEndAnIdleServer() throws {
        let serving = try Serving()
        defer { serving.process.terminate() }
        kill(serving.process.processIdentifier, SIGINT)
        serving.process.waitUntilExit()
        #expect(serving.process.terminationReason == .exit)
        #expect(serving.process.terminationStatus == 0)
        // Nothing of this run is left on the port.
        #expect(throws: PlainHTTP.Failure.self) { try PlainHTTP.connect(port: serving.port) }
    }

    @Test func aPortThatIsTakenIsOneLine() throws {
        let serving = try Serving()
        defer { serving.process.terminate() }
        let answer = try SpyreProgram()([
            "serve", "--model", MicroModels.path("llama-gqa"), "--port", "\(serving.port)", "--threads", "1",
            "--quiet",
        ])
        #expect(answer.status == 1)
        #expect(answer.errorLines.count == 1, "\(answer.errors)")
        #expect(answer.errors.contains("\(serving.port)"))
    }

    @Test(arguments: [
        ["--port", "70000"], ["--port", "-1"], ["--host", ""], ["--request-timeout", "0"],
        ["--shutdown-timeout", "-1"],
        ["--max-waiting-requests", "0"], ["--served-model-name", ""], ["--max-num-seqs", "0"],
    ])
    func wrongOptionsAreUsageErrors(arguments: [String]) throws {
        let answer = try SpyreProgram()(["serve"] + arguments)
        #expect(answer.status == 64)
        #expect(answer.errorLines.count == 1)
        #expect(answer.output.isEmpty)
    }
}
