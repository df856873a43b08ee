import Foundation
import SpyreScheduler
import Testing

@testable import SpyreCommands

@Suite struct SimulateTests {
    private let spyre = SpyreProgram()
    private let cases = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../SpyreSchedulerTests/Fixtures/scheduler-cases.json").path

    /// A policy, and the shapes where it has some.
    private static func arguments(_ policy: String, shapes: String) -> [String] {
        ["--policy", policy] + (policy == "static" ? ["--warmup-shapes", shapes] : [])
    }

    @Test func casesPrintTheirTables() throws {
        let answer = try spyre(["simulate", "--policy", "spyre", "--case", cases, "--json"])
        #expect(answer.status == 0 && answer.errors.isEmpty, "\(answer.errors)")
        let rows = try jsonObjects(answer.output)
        let file = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: cases)))
        let tables = try #require((file as? [String: Any])?["cases"] as? [[String: Any]])
        #expect(rows.count == tables.count)
        for (row, table) in zip(rows, tables) {
            #expect(Set(row.keys) == ["name", "steps"])
            #expect(row["name"] as? String == table["name"] as? String)
            let wanted = try #require(table["steps"] as? [[String: Any]]).map { step in
                NSDictionary(dictionary: step.filter { $0.key != "published" })
            }
            let steps = try #require(row["steps"] as? [[String: Any]]).map { NSDictionary(dictionary: $0) }
            #expect(steps == wanted, "\(row["name"] ?? "")")
        }
    }

    @Test(arguments: ["continuous", "static"]) func otherPoliciesPrintTablesToo(_ policy: String) throws {
        let answer = try spyre(
            ["simulate", "--case", cases, "--json"] + Self.arguments(policy, shapes: "512x100x2"))
        #expect(answer.status == 0, "\(answer.errors)")
        let rows = try jsonObjects(answer.output)
        #expect(rows.count == 14)
        for row in rows {
            let last = try #require((row["steps"] as? [[String: Any]])?.last)
            #expect((last["running"] as? [String])?.isEmpty == true)
            #expect(last["n_used_blocks"] as? Int == 0)
            let steps = try #require(row["steps"] as? [[String: Any]])
            for step in steps {
                let runs = (step["request_outputs"] as? [String])?.isEmpty == false
                #expect(step["shape"] as? String == (policy == "static" && runs ? "512x100x2" : nil))
            }
        }
    }

    @Test(arguments: ["continuous", "static", "spyre"]) func tracesPrintPercentiles(_ policy: String) throws {
        let trace = (0..<20).map { #"{"arrival": \#($0).5, "prompt_len": 30, "output_len": 10}"# }.joined(
            separator: "\n")
        let answer = try spyre(
            ["simulate", "--trace", "-", "--json", "--steps"] + Self.arguments(policy, shapes: "64x20x4"),
            input: trace)
        #expect(answer.status == 0 && answer.errors.isEmpty, "\(answer.errors)")
        let rows = try jsonObjects(answer.output)
        let summary = try #require(rows.last)
        #expect(summary["completed"] as? Int == 20)
        #expect(summary["total_output_tokens"] as? Int == 200)
        #expect(summary["steps"] as? Int == rows.count - 1)
        for key in ["ttft_ms", "itl_ms", "e2el_ms"] {
            let latency = try #require(summary[key] as? [String: Double])
            #expect(latency["median"] ?? 0 > 0 && latency["p99"] ?? 0 <= latency["max"] ?? 0)
        }
    }

    /// What `--report` writes.
    private func page(_ arguments: [String], input: String = "") throws -> String {
        try TemporaryFolder.with { folder in
            let file = folder.appendingPathComponent("page.html")
            let answer = try spyre(["simulate", "--json", "--report", file.path] + arguments, input: input)
            #expect(answer.status == 0 && answer.errors.isEmpty, "\(answer.errors)")
            #expect(try jsonObjects(answer.output).count == 1)
            let page = try String(contentsOf: file, encoding: .utf8)
            for name in ["svg", "g", "rect", "title", "table", "section", "div"] {
                let opened = page.components(separatedBy: "<\(name)").dropFirst().count {
                    $0.first == ">" || $0.first == " "
                }
                #expect(opened == page.components(separatedBy: "</\(name)>").count - 1, "\(name)")
            }
            return page
        }
    }

    /// One page that needs nothing else, with every drawn request, whatever its name is.
    @Test(arguments: ["continuous", "spyre", "static"]) func reportsDrawTraces(_ policy: String) throws {
        let page = try self.page(
            [
                "--requests", "40", "--lengths", "fixed", "--prompt-tokens", "60", "--output-tokens", "12",
                "--report-requests", "8", "--report-from", "5",
            ] + Self.arguments(policy, shapes: "64x20x4"))
        #expect(page.hasPrefix("<!DOCTYPE html>") && page.contains("spyre simulate: \(policy)"))
        #expect(page.contains("Requests 5 to 12 of 40"))
        for number in 5...12 { #expect(page.contains("request \(number): 60 prompt tokens, 12 new ones")) }
        #expect(!page.contains("request 4: ") && !page.contains("request 13: "))
        #expect(!page.contains("http://") && !page.contains("https://") && !page.contains("<script"))
    }

    @Test func reportsDrawCases() throws {
        let input = """
            {"name": "a <b>", "max_num_seqs": 2, "max_model_len": 256, "requests": [
              {"id": "x&y", "prompt_len": 60, "max_tokens": 5}, {"id": "z", "prompt_len": 70, "max_tokens": 3, "arrival_step": 2}]}
            """
        let page = try self.page(["--policy", "spyre", "--case", "-"], input: input)
        #expect(page.contains("a &lt;b&gt;") && page.contains("request x&amp;y: 60 prompt tokens, 5 new ones"))
        #expect(page.contains("request x&amp;y: prefill, step 1: 1 step, 60 tokens"))
        #expect(page.contains("request z: 70 prompt tokens, 3 new ones; arrived after step 2"))
    }

    @Test func refusedRequestsAreCounted() throws {
        let trace = """
            {"arrival": 0, "prompt_len": 30, "output_len": 10}
            {"arrival": 0, "prompt_len": 65, "output_len": 10}
            """
        let answer = try spyre(
            ["simulate", "--policy", "static", "--trace", "-", "--warmup-shapes", "64x20x4", "--json"], input: trace)
        #expect(try jsonObjects(answer.output).first?["failed"] as? Int == 1)
        #expect(answer.errors.contains("fits no warmup shape; there are 64x20x4"), "\(answer.errors)")
    }

    @Test(arguments: [
        (["--case", "-"], "{}", "standard input: name is missing"),
        (["--case", "-"], "{\"cases\": 3}", "standard input: cases has the wrong type"),
        (
            ["--case", "-", "--policy", "spyre"],
            #"{"name": "a", "max_num_seqs": 2, "max_model_len": 64, "chunk": 42, "requests": []}"#,
            "case a: a chunk of 42 tokens is no multiple"
        ),
        (
            ["--case", "-"],
            #"{"name": "a", "max_num_seqs": 2, "max_model_len": 64, "requests": [{"id": "r", "prompt_len": 60, "max_tokens": 5}]}"#,
            "case a, request r: the prompt has 60 tokens"
        ),
        (
            ["--trace", "-"], #"{"arrival": -1, "prompt_len": 1, "output_len": 1}"#,
            "standard input:1: arrival has to be"
        ),
        (["--trace", "-"], "", "standard input: is empty"),
        (["--step-time", "-"], #"{"a": 0, "b": 0, "c": 0, "d": 0}"#, "standard input: a, b, c and d"),
    ])
    func badFilesAreOneLine(_ arguments: [String], _ input: String, _ reason: String) throws {
        let answer = try spyre(["simulate"] + arguments, input: input)
        #expect(answer.status == 1)
        #expect(answer.output.isEmpty)
        #expect(answer.errors.hasPrefix("spyre: \(reason)"), "\(answer.errors)")
        #expect(answer.errors.filter(\.isNewline).count == 1)
    }

    @Test(arguments: [
        (["--case", "a", "--trace", "b"], "give --case or --trace, not both"), (["--rate", "0"], "--rate must be"),
        (["--max-num-seqs", "0"], "--max-num-seqs must be"), (["--report", ""], "--report must name a file"),
        (["--report", "a.html", "--report-requests", "0"], "--report-requests must be"),
        (["--report", "a.html", "--requests", "5", "--report-from", "5"], "--report-from is 5, and there are 5"),
        (["--policy", "spyre", "--max-num-batched-tokens", "42"], "a chunk of 42"),
        (["--policy", "static", "--warmup-shapes", "64x20"], "'64x20' is no warmup shape"),
        (["--warmup-shapes", "64x20x4"], "--warmup-shapes needs --policy static"),
        (
            ["--policy", "spyre", "--case", "a", "--long-prefill-token-threshold", "3"],
            "--long-prefill-token-threshold needs --policy continuous"
        ),
        (["--max-batch-tkv-limit", "9"], "--max-batch-tkv-limit needs --policy spyre"),
        (["--policy", "spyre", "--priority-scheduling"], "--priority-scheduling needs --policy continuous"),
        (
            ["--policy", "static", "--no-enable-chunked-prefill"],
            "--no-enable-chunked-prefill needs --policy continuous"
        ),
        (
            ["--policy", "static", "--enable-prefix-caching"],
            "--enable-prefix-caching does nothing with --policy static"
        ),
        (
            ["--policy", "static", "--max-num-batched-tokens", "9"],
            "--max-num-batched-tokens does nothing with --policy static"
        ),
        (["--max-num-batched-tokens", "16777217"], "--max-num-batched-tokens must be an integer in 1...16777216"),
    ])
    func badOptionsAreUsageErrors(_ arguments: [String], _ reason: String) throws {
        let answer = try spyre(["simulate"] + arguments)
        #expect(answer.status == 64)
        #expect(answer.errors.hasPrefix("spyre: \(reason)"), "\(answer.errors)")
    }

    @Test func measuredLatenciesGiveAStepTime() throws {
        // 4 ms a step, 1 ms a prompt token, 2 ms a row.
        let rows = [(1, 64), (8, 64), (32, 600)].map { sequences, prompt in
            let chunks = Double((prompt + 511) / 512)
            return
                #"{"sequences": \#(sequences), "depth": 0, "prefill_tokens": \#(prompt), "decode_tokens": 16, "first_token_seconds": \#(Double(sequences) * (0.004 * chunks + 0.001 * Double(prompt))), "step_milliseconds_median": \#(4 + 2 * sequences)}"#
        }
        let answer = try spyre(
            ["simulate", "--requests", "5", "--step-time", "-", "--json"], input: rows.joined(separator: "\n"))
        #expect(answer.status == 0, "\(answer.errors)")
        let row = try #require(try jsonObjects(answer.output).first)
        let model = try #require(row["step_time"] as? [String: Double])
        for (name, expected) in [("a", 0.004), ("b", 0.001), ("c", 0.002), ("d", 0)] {
            #expect(abs((model[name] ?? .nan) - expected) < 1e-5, "\(name) is \(model[name] ?? .nan)")
        }
    }
}
