import Foundation
import ScriptedServer
import Testing

@testable import SpyreCommands

/// `spyre bench serve` as a user runs it, against a server in this process.
struct ServeBenchmarkEndToEndTests {
    private let spyre = SpyreProgram(environment: ["OPENAI_API_KEY": ""])

    private func withServer(
        _ answer: @escaping @Sendable (ScriptedServer.Question) -> ScriptedServer.Answer,
        _ body: (ScriptedServer, [String]) throws -> Void
    ) async throws {
        let server = try await ScriptedServer { question in
            question.path == "/v1/models" ? .models("tiny") : answer(question)
        }
        try body(server, ["bench", "serve", "--base-url", "http://127.0.0.1:\(server.port)"])
        try await server.close()
    }

    @Test func oneObjectWithTheNamesOfVLLM() async throws {
        try await withServer {
            $0.number == 4 ? .error(.tooManyRequests, "busy") : .tokens(3, first: 20, gap: 5)
        } _: {
            server, command in
            let answer = try spyre(
                command + [
                    "--num-prompts", "10", "--max-concurrency", "2", "--random-input-len", "7", "--random-output-len",
                    "3", "--ignore-eos", "--warmups", "2", "--goodput", "ttft:10000,e2el:20000", "--percentiles",
                    "50,99.9", "--detailed", "--json", "--api-key", "sk-secret",
                ])
            #expect(answer.status == 0 && answer.errors.isEmpty, "\(answer.errors)")
            #expect(!answer.output.contains("sk-secret"))
            let rows = try jsonObjects(answer.output)
            #expect(rows.count == 1)
            let row = try #require(rows.first)
            #expect(row["completed"] as? Int == 9 && row["failed"] as? Int == 1)
            #expect(row["failures"] as? [String: Int] == ["refused_429": 1])
            #expect(row["error_examples"] as? [String] == ["refused_429: busy"])
            #expect(row["model_id"] as? String == "tiny" && row["backend"] as? String == "openai")
            #expect(row["total_input_tokens"] as? Int == 63 && row["total_output_tokens"] as? Int == 27)
            #expect(row["request_rate"] as? String == "inf" && row["max_concurrency"] as? Int == 2)
            #expect(row["max_concurrent_requests"] as? Int == 2 && row["good_completed"] as? Int == 9)
            for key in ["ttft", "tpot", "itl", "e2el"] {
                for figure in ["mean", "median", "std", "p50", "p99.9"] {
                    let value = try #require(row["\(figure)_\(key)_ms"] as? Double, "\(figure)_\(key)_ms")
                    #expect(value >= 0 && value < 10_000)
                }
            }
            #expect(try #require(row["mean_ttft_ms"] as? Double) >= 20)
            #expect(try #require(row["mean_slot_wait_ms"] as? Double) > 20)
            let duration = try #require(row["duration"] as? Double)
            let throughput = try #require(row["output_throughput"] as? Double)
            #expect(abs(throughput * duration - 27) < 0.01)
            #expect((row["itls"] as? [[Double]])?.map(\.count) == (0..<10).map { ($0 == 2 ? 0 : 2) })
            #expect(server.questions.count == 12)
            #expect(server.questions.allSatisfy { $0.authorization == "Bearer sk-secret" })
            #expect(server.questions.allSatisfy { $0.body.contains("\"ignore_eos\":true") })
        }
    }

    @Test func textAndReport() async throws {
        try await withServer {
            $0.number == 1 ? .error(.badRequest, "<b>no</b>") : .tokens(4, first: 5, gap: 2, usage: false)
        } _: {
            _, command in
            try TemporaryFolder.with { folder in
                let page = folder.appendingPathComponent("page.html").path
                let answer = try spyre(
                    command + [
                        "--request-rate", "40", "--arrival", "fixed", "--num-prompts", "8", "--endpoint", "chat",
                        "--report", page,
                    ])
                #expect(answer.status == 0)
                #expect(
                    answer.errorLines == [
                        "spyre: warning: the server sends no usage: output tokens are chunks counted, and prompt tokens of texts are not known"
                    ])
                let lines = answer.outputLines
                #expect(lines.first?.contains("40.0 requests/s (fixed)") == true)
                #expect(lines.contains { $0.hasPrefix("7 requests completed, 1 failed in 0.") })
                #expect(lines.contains { $0.contains("28 output tokens (chunks counted") })
                #expect(lines.contains("failed: 1 × http_400: <b>no</b>"))
                let html = try String(contentsOfFile: page, encoding: .utf8)
                #expect(html.contains("<td>http_400</td>") && html.contains("&lt;b&gt;no&lt;/b&gt;"))
                #expect(html.components(separatedBy: "<svg").count - 1 == 7)
            }
        }
    }

    @Test func promptsOfAFile() async throws {
        let lines = """
            {"prompt": "a", "max_tokens": 5, "top_p": 0.5}
            {"prompt_ids": [1, 2]}

            """
        try await withServer({ _ in .tokens(1, first: 0, gap: 0) }) { server, command in
            try TemporaryFolder.withFile(lines) { file in
                let answer = try spyre(
                    command + ["--prompts-file", file, "--random-output-len", "9", "--max-concurrency", "1", "--json"])
                #expect(answer.status == 0, "\(answer.errors)")
                let bodies = try jsonObjects(server.questions.map(\.body).joined(separator: "\n"))
                #expect(bodies.count == 2)
                #expect(bodies[0]["prompt"] as? String == "a" && bodies[0]["max_tokens"] as? Int == 5)
                #expect(bodies[0]["top_p"] as? Double == 0.5 && bodies[0]["stream"] as? Bool == true)
                #expect(bodies[1]["prompt"] as? [Int] == [1, 2] && bodies[1]["max_tokens"] as? Int == 9)
            }
        }
    }

    @Test func whenNothingComesBack() async throws {
        try await withServer({ _ in .error(.serviceUnavailable, "starting") }) { server, command in
            let answer = try spyre(command + ["--num-prompts", "3", "--json"])
            #expect(answer.status == 1)
            #expect(
                answer.errors
                    == "spyre: no request came back from http://127.0.0.1:\(server.port): 3 × http_503 (starting)\n")
            #expect(try jsonObjects(answer.output).first?["failed"] as? Int == 3)
            let warmUp = try spyre(command + ["--num-prompts", "3", "--warmups", "1", "--json"])
            #expect(warmUp.status == 1 && warmUp.output.isEmpty)
            #expect(warmUp.errors == "spyre: the warm-up failed (http_503): starting\n")
        }
    }

    @Test func aServerThatIsNotThere() throws {
        // Nobody listens on the port for tcpmux.
        let answer = try spyre(["bench", "serve", "--base-url", "http://127.0.0.1:1", "--model", "m"])
        #expect(answer.status == 1 && answer.output.isEmpty && answer.errorLines.count == 1)
        #expect(answer.errors.hasPrefix("spyre: cannot reach http://127.0.0.1:1: "))
        #expect(answer.errors.contains("refused") && answer.errors.contains("--base-url"))
    }

    @Test(
        arguments: [
            ["--base-url", "localhost:80"], ["--request-rate", "0"], ["--request-rate", "nan"], ["--num-prompts", "0"],
            ["--burstiness", "2"], ["--burstiness", "0", "--request-rate", "1"], ["--arrival", "fixed"],
            ["--duration", "5"], ["--duration", "5", "--num-prompts", "5", "--request-rate", "1"],
            ["--duration", "0.001", "--request-rate", "0.001"], ["--goodput", "itl:5"], ["--percentiles", "101"],
            ["--percentiles", "50,"], ["--max-concurrency", "0"], ["--timeout", "0"], ["--timeout", "inf"],
            ["--api-key", "a\nb"], ["--random-input-len", "0"], ["--endpoint", "x"], ["--temperature", "-1"],
            ["--model", ""], ["--report", ""], ["--report", "/nowhere/page.html"], ["--vocab-size", "0"],
        ])
    func wrongOptionsAreOneLine(options: [String]) throws {
        let answer = try spyre(["bench", "serve", "--base-url", "http://127.0.0.1:1"] + options)
        #expect(answer.errorLines.count == 1 && answer.output.isEmpty, "\(answer.errors)")
        #expect(answer.status == (options[0] == "--report" && !options[1].isEmpty ? 1 : 64), "\(answer.errors)")
        #expect(!answer.errors.contains("a\nb") || options[0] != "--api-key")
    }

    @Test(
        arguments: [
            ("{}", "completions"), ("[]", "completions"), ("{\"prompt\": 5}", "completions"),
            ("{\"prompt\": \"a\", \"prompt_ids\": [1]}", "completions"), ("{\"prompt_ids\": []}", "completions"),
            ("{\"prompt_ids\": [-1]}", "completions"), ("{\"prompt_ids\": [1.5]}", "completions"),
            ("{\"prompt_ids\": [1]}", "chat"), ("{\"messages\": [{}]}", "completions"), ("{\"messages\": []}", "chat"),
            ("{\"prompt\": \"a\", \"stream\": false}", "chat"), ("", "chat"),
        ])
    func wrongLinesAreNamed(line: String, endpoint: String) throws {
        try TemporaryFolder.withFile(line) { file in
            let answer = try spyre(
                ["bench", "serve", "--base-url", "http://127.0.0.1:1", "--prompts-file", file, "--endpoint", endpoint])
            #expect(answer.status == 1 && answer.output.isEmpty && answer.errorLines.count == 1)
            #expect(answer.errors.contains(file), "\(answer.errors)")
        }
    }
}
