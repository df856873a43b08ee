import Foundation
import Testing

/// Commands that run a model, through the built executable.
@Suite struct GenerateEndToEndTests {
    private let spyre = SpyreProgram()
    private let model = ["--model", MicroModels.path("llama-gqa"), "--threads", "1", "--max-num-seqs", "2"]

    private func generate(_ arguments: String..., input: String = "") throws -> SpyreProgram.Answer {
        try spyre(["generate"] + model + arguments, input: input)
    }

    @Test func rowsOfAPromptsFile() throws {
        let input = """
            {"prompt": "ab", "max_tokens": 3}
            {"prompt_ids": [5, 6, 7], "temperature": 1, "seed": 3, "n": 2, "max_tokens": 2, "logprobs": 1}
            """
        let answer = try generate(
            "--prompts-file", "-", "--temperature", "0", "--ignore-eos", "--json", input: input)
        #expect(answer.status == 0, "\(answer.errors)")
        let rows = try jsonObjects(answer.output)
        #expect(rows.count == 3)
        #expect(rows.map { $0["index"] as? Int } == [nil, 0, 1])
        #expect(rows.map { ($0["token_ids"] as? [Int])?.count } == [3, 2, 2])
        #expect(rows.map { ($0["logprobs"] as? [[String: Any]])?.count } == [nil, 2, 2])
        #expect(rows.dropFirst().allSatisfy { $0["prompt_ids"] as? [Int] == [5, 6, 7] })
        for row in rows {
            #expect(Set(row.keys).isSuperset(of: ["prompt_ids", "token_ids", "text", "finish_reason", "logprobs"]))
            #expect(row["finish_reason"] as? String == "length")
        }
    }

    @Test func streamedTextIsTheRowsText() throws {
        let arguments = ["--prompt-ids", "5,6,7", "--temperature", "0", "--max-tokens", "6", "--ignore-eos"]
        let streamed = try spyre(["generate"] + model + arguments)
        let row = try #require(try jsonObjects(spyre(["generate"] + model + arguments + ["--json"]).output).first)
        #expect(streamed.output == (row["text"] as? String).map { $0 + "\n" })
        let quiet = try spyre(["generate"] + model + arguments + ["--quiet"])
        #expect(quiet.errors.isEmpty)
        #expect(quiet.output == streamed.output)
    }

    @Test(arguments: ["eager", "inductor", "sendnn"]) func backendsAgree(_ backend: String) throws {
        let answer = try generate(
            "--prompt-ids", "5,6,7", "--temperature", "0", "--max-tokens", "5", "--dtype", "float32", "--json",
            "--backend", backend)
        let reference = try generate(
            "--prompt-ids", "5,6,7", "--temperature", "0", "--max-tokens", "5", "--dtype", "float32", "--json")
        #expect(answer.status == 0, "\(answer.errors)")
        #expect(answer.output == reference.output)
    }

    @Test func headersOfSeveralCompletions() throws {
        let answer = try generate("--prompt", "ab", "--n", "2", "--max-tokens", "2", "--seed", "1")
        #expect(answer.outputLines.filter { $0.hasPrefix("== 1.") } == ["== 1.1: 'ab'", "== 1.2: 'ab'"])
    }

    @Test func promptsAreRepeated() throws {
        let answer = try generate("--prompt", "a", "--prompt", "b", "--max-tokens", "1")
        #expect(answer.outputLines.filter { $0.hasPrefix("== ") } == ["== 1: 'a'", "== 2: 'b'"])
        let rows = try jsonObjects(
            generate("--prompt-ids", "5", "--prompt-ids", "6,7", "--max-tokens", "1", "--json").output)
        #expect(rows.map { $0["prompt_ids"] as? [Int] } == [[5], [6, 7]])
        let fault = try generate("--prompt-ids", "5", "--prompt-ids", "99999")
        #expect(
            fault.errors.hasPrefix("spyre: --prompt-ids 2 of 2: the prompt has token id 99999, "), "\(fault.errors)")
    }

    @Test func anEmptyPromptIsAWrongOption() throws {
        let answer = try generate("--prompt", "")
        #expect(answer.status == 64)
        #expect(answer.errors.hasPrefix("spyre: --prompt is empty; give it at least one token; "), "\(answer.errors)")
    }

    @Test func theDefaultLengthSaysThatItCut() throws {
        let informed = SpyreProgram(environment: ["SPYRE_LOG_LEVEL": "info"])
        let arguments = ["generate"] + model + ["--prompt-ids", "5", "--ignore-eos"]
        let notice = "spyre: the text was cut after 128 tokens; --max-tokens allows longer ones"
        #expect(try informed(arguments).errorLines.contains(notice))
        // Who asked for a length knows it, and a full context is not helped by the option.
        #expect(try !informed(arguments + ["--max-tokens", "128"]).errorLines.contains(notice))
        #expect(try !informed(arguments + ["--max-model-len", "16"]).errors.contains("cut after"))
        #expect(try !informed(arguments + ["--quiet"]).errors.contains("cut after"))
        let two = try informed(arguments + ["--n", "2", "--json"])
        #expect(two.errors.contains("spyre: 2 of 2 texts were cut after 128 tokens; "), "\(two.errors)")
    }

    @Test func faultsNameTheLine() throws {
        let long = (0..<300).map { _ in "5" }.joined(separator: ", ")
        for (line, reason) in [
            (#"{"prompt": "a", "temperature": 7}"#, "temperature must be a number in 0...2, got 7.0"),
            (#"{"prompt_ids": [99999]}"#, "input:2: the prompt has token id 99999, "),
            ("{\"prompt_ids\": [\(long)]}", "300 tokens"),
            (#"{"prompt_ids": []}"#, "is empty"),
        ] {
            let answer = try generate("--prompts-file", "-", input: "{\"prompt\": \"a\"}\n\(line)\n")
            #expect(answer.status == 1)
            #expect(answer.output.isEmpty)
            #expect(answer.errorLines.count == 1, "\(answer.errors)")
            #expect(answer.errors.hasPrefix("spyre: standard input:2: "), "\(answer.errors)")
            #expect(answer.errors.contains(reason), "\(answer.errors)")
        }
    }

    /// The model is not even looked for.
    @Test func faultsThatNeedNoModel() throws {
        for (arguments, reason) in [
            (["--temperature", "5"], "--temperature must be a number in 0...2, got 5.0"),
            (["--n", "1025"], "--n must be an integer in 1...1024, got 1025"),
            (["--n", "2", "--temperature", "0"], "--n must be 1 when temperature is 0"),
            (["--top-p", "0"], "--top-p must be a number greater than 0"),
            (["--max-tokens", "0"], "--max-tokens must be an integer of at least 1, got 0"),
            (["--min-tokens", "9", "--max-tokens", "8"], "--min-tokens must be an integer in 0...8 (max_tokens)"),
        ] {
            let answer = try spyre(["generate", "--model", "/no/such/model", "--prompt", "a"] + arguments)
            #expect(answer.status == 64)
            #expect(answer.errorLines.count == 1, "\(answer.errors)")
            #expect(answer.errors.hasPrefix("spyre: \(reason)"), "\(answer.errors)")
        }
        let chat = try spyre(["chat", "--model", "/no/such/model", "--temperature", "5"])
        #expect(chat.status == 64)
        #expect(chat.errors.hasPrefix("spyre: --temperature must be"), "\(chat.errors)")
        for (line, reason) in [
            (#"{"prompt": "a", "temperature": 7}"#, "temperature must be a number in 0...2, got 7.0"),
            (#"{"prompt_ids": []}"#, "prompt_ids is empty"),
            (#"{"prompt_ids": [4, -7]}"#, "prompt_ids[1] must be a token id of at least 0, got -7"),
        ] {
            let answer = try spyre(
                ["generate", "--model", "/no/such/model", "--prompts-file", "-"],
                input: "{\"prompt\": \"a\"}\n\(line)\n")
            #expect(answer.status == 1)
            #expect(answer.errors.hasPrefix("spyre: standard input:2: \(reason)"), "\(answer.errors)")
            #expect(answer.errorLines.count == 1, "\(answer.errors)")
        }
    }

    @Test func lengthsThatWereAskedForAreNeverCut() throws {
        let short = ["--max-model-len", "16", "--ignore-eos", "--temperature", "0", "--json"]
        for asked in [17, 127, 128] {
            let line = try spyre(
                ["generate"] + model + short + ["--prompts-file", "-"],
                input: "{\"prompt_ids\": [5, 6], \"max_tokens\": \(asked)}\n")
            #expect(line.status == 1)
            #expect(
                line.errors == "spyre: standard input:1: max_tokens must be an integer in 1...16, got \(asked)\n")
            let option = try spyre(
                ["generate"] + model + short + ["--prompt-ids", "5,6", "--max-tokens", "\(asked)"])
            #expect(option.errors == "spyre: max_tokens must be an integer in 1...16, got \(asked)\n")
        }
        // Nobody asked, or for all there is room for.
        let answer = try spyre(
            ["generate"] + model + short + ["--prompts-file", "-"],
            input: "{\"prompt_ids\": [5, 6]}\n{\"prompt_ids\": [5, 6], \"max_tokens\": null}\n")
        #expect(try jsonObjects(answer.output).map { ($0["token_ids"] as? [Int])?.count } == [14, 14])
    }

    @Test func progressWithoutATerminalIsAskedFor() throws {
        let arguments = ["generate"] + model + ["--prompt-ids", "5,6", "--max-tokens", "2"]
        #expect(try spyre(arguments).errors.isEmpty)
        let informed = SpyreProgram(environment: ["SPYRE_LOG_LEVEL": "info"])
        let errors = try informed(arguments).errors
        #expect(errors.contains("spyre: packing weights\n"), "\(errors)")
        #expect(errors.contains("tokens/s"), "\(errors)")
        #expect(try informed(arguments + ["--quiet"]).errors.isEmpty)
    }

    /// The second request takes seconds and prints nothing before its end.
    @Test func finishedRowsAreKept() throws {
        let process = try spyre.process(
            ["generate"] + model + ["--prompts-file", "-", "--max-tokens", "200", "--ignore-eos", "--json"])
        let (input, output) = (Pipe(), Pipe())
        (process.standardInput, process.standardOutput) = (input, output)
        process.standardError = FileHandle.nullDevice
        try process.run()
        let lines = #"{"prompt_ids": [5, 6], "max_tokens": 1}"# + "\n" + #"{"prompt_ids": [5, 6, 7], "n": 1024}"# + "\n"
        try input.fileHandleForWriting.write(contentsOf: Data(lines.utf8))
        try input.fileHandleForWriting.close()
        let first = try output.fileHandleForReading.read(upToCount: 1) ?? Data()
        process.interrupt()
        let rest = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        #expect(process.terminationStatus == 130)
        let rows = try jsonObjects(String(decoding: first + rest, as: UTF8.self))
        #expect(rows.map { ($0["token_ids"] as? [Int])?.count } == [1])
    }

    @Test func promptLongerThanTheContext() throws {
        let ids = (0..<20).map { _ in "5" }.joined(separator: ",")
        let answer = try generate("--prompt-ids", ids, "--max-model-len", "16")
        #expect(answer.status == 1)
        #expect(answer.errorLines.count == 1, "\(answer.errors)")
        #expect(answer.errors.contains("20 tokens"), "\(answer.errors)")
        #expect(answer.errors.contains("--max-model-len"), "\(answer.errors)")
    }

    @Test func scores() throws {
        let input = "{\"ids\": [5, 6, 7, 8], \"other\": 1}\n{\"ids\": [9, 3]}\n"
        let answer = try spyre(["score"] + model + ["--ids-file", "-", "--json"], input: input)
        #expect(answer.status == 0, "\(answer.errors)")
        let rows = try jsonObjects(answer.output)
        #expect(rows.map { ($0["nll"] as? [Double])?.count } == [3, 1])
        let mean = try #require(rows.first?["mean_nll"] as? Double)
        let perplexity = try #require(rows.first?["perplexity"] as? Double)
        #expect(abs(perplexity - exp(mean)) < 1e-9 * perplexity)
        let bad = try spyre(["score"] + model + ["--ids-file", "-", "--quiet"], input: "{\"ids\": [5, 99999]}")
        #expect(bad.status == 1)
        #expect(bad.errors.hasPrefix("spyre: standard input:1: "), "\(bad.errors)")
    }

    @Test func chatFromAPipe() throws {
        let answer = try spyre(
            ["chat"] + model + ["--max-tokens", "4", "--temperature", "0", "--json", "--system", "s"],
            input: "Hi\n\n/reset\n/frob\nHi\n/exit\nnot asked\n")
        #expect(answer.status == 0, "\(answer.errors)")
        let rows = try jsonObjects(answer.output)
        #expect(rows.count == 2)
        #expect(rows.allSatisfy { $0["role"] as? String == "assistant" })
        // The conversation was forgotten in between.
        #expect(rows.first?["token_ids"] as? [Int] == rows.last?["token_ids"] as? [Int])
        #expect(answer.errors.contains("there is no command '/frob'"))
    }

    @Test func chatWithoutATemplateIsRefused() throws {
        try TemporaryFolder.with { folder in
            // All files of a model but the one that has its template.
            for name in ["config.json", "model.safetensors", "tokenizer.json"] {
                try FileManager.default.copyItem(
                    at: URL(fileURLWithPath: MicroModels.path("llama-gqa/" + name)),
                    to: folder.appendingPathComponent(name))
            }
            for command in [["chat"], ["generate", "--chat", "--prompt", "Hi"]] {
                let answer = try spyre(command + ["--model", folder.path, "--quiet"], input: "Hi\n")
                #expect(answer.status == 1)
                #expect(answer.errorLines.count == 1)
                #expect(answer.errors.contains("without a chat template"), "\(answer.errors)")
            }
        }
    }

    @Test func fullContextDropsTheOldestMessages() throws {
        let question = String(repeating: "ab ", count: 20)
        let input = String(repeating: question + "\n", count: 6)
        let answer = try spyre(
            ["chat"] + model + ["--max-tokens", "4", "--temperature", "0", "--json"], input: input)
        #expect(answer.status == 0, "\(answer.errors)")
        #expect(try jsonObjects(answer.output).count == 6)
        #expect(answer.errors.contains("tokens is full: the"), "\(answer.errors)")
        let long = try spyre(
            ["chat"] + model + ["--json", "--quiet"], input: String(repeating: "ab ", count: 300) + "\n")
        #expect(long.errors.contains("shorten it"), "\(long.errors)")
        #expect(long.status == 0)
    }

    @Test func benchLatency() throws {
        let answer = try spyre(
            ["bench", "latency"] + model
                + ["--prompt-tokens", "70", "--output-tokens", "3", "--repeat", "2", "--batch", "2", "--json"])
        #expect(answer.status == 0, "\(answer.errors)")
        let rows = try jsonObjects(answer.output)
        #expect(rows.count == 1)
        let row = try #require(rows.first)
        #expect(row["threads"] as? Int == 1)
        #expect(try #require(row["weight_bytes"] as? Int) > 0)
        #expect(row["prefill_tokens"] as? Int == 70)
        #expect(row["decode_tokens"] as? Int == 3)
        #expect(try #require(row["prefill_tokens_per_second"] as? Double) > 0)
        #expect(try #require(row["decode_tokens_per_second"] as? Double) > 0)
        let tooLong = try spyre(["bench", "latency"] + model + ["--prompt-tokens", "300"])
        #expect(tooLong.status == 64)
        #expect(tooLong.errors.contains("do not fit in the context of 256"), "\(tooLong.errors)")
    }
}
