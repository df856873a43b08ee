import ArgumentParser
import SpyreEngine
import SpyreExecutor
import SpyreGraph
import Testing

@testable import SpyreCommands

@Suite struct OptionParsingTests {
    private func generate(_ arguments: String...) throws -> GenerateCommand {
        try #require(try SpyreCommand.parseAsRoot(["generate"] + arguments) as? GenerateCommand)
    }

    @Test func everySamplingOption() throws {
        let command = try generate(
            "--prompt", "Hi", "--max-tokens", "7", "--temperature", "0.5", "--top-p", "0.9", "--top-k", "-1",
            "--min-p", "0.1", "--repetition-penalty", "1.2", "--presence-penalty", "-0.5", "--frequency-penalty",
            "0.25", "--seed", "-1", "--stop", "a", "--stop", "--b", "--stop-token-ids", "1, 2",
            "--include-stop-str-in-output", "--ignore-eos", "--min-tokens", "3", "--logprobs", "-1",
            "--prompt-logprobs", "4", "--logit-bias", "5=-2.5", "--logit-bias", "6=1", "--bad-words", "x",
            "--allowed-token-ids", "8,9", "--no-skip-special-tokens", "--n", "2")
        var expected = SamplingParams()
        expected.maxTokens = 7
        expected.temperature = 0.5
        expected.topP = 0.9
        expected.topK = -1
        expected.minP = 0.1
        expected.repetitionPenalty = 1.2
        expected.presencePenalty = -0.5
        expected.frequencyPenalty = 0.25
        expected.seed = -1
        expected.stop = ["a", "--b"]
        expected.stopTokenIDs = [1, 2]
        expected.includeStopStringInOutput = true
        expected.ignoreEOS = true
        expected.minTokens = 3
        expected.logprobs = -1
        expected.promptLogprobs = 4
        expected.logitBias = [5: -2.5, 6: 1]
        expected.badWords = ["x"]
        expected.allowedTokenIDs = [8, 9]
        expected.skipSpecialTokens = false
        expected.n = 2
        let requests = try command.readRequests()
        #expect(requests.params == [expected])
        #expect(requests.prompts == [.text("Hi")])
    }

    @Test func everySamplingFieldHasAnOption() throws {
        for field in SamplingParams.Field.allCases {
            let option = "--" + field.rawValue.split(separator: "_").joined(separator: "-")
            #expect(GenerateCommand.helpMessage().contains(option), "\(option)")
        }
    }

    @Test func helpHasTheDefaults() {
        let words = GenerateCommand.helpMessage(columns: 400)
        for text in ["generate; default: 128, in chat 512.", "default: 1.0, in chat 0.2.", "prompt; default: 1."] {
            #expect(words.contains(text), "\(text)")
        }
    }

    @Test func defaultsAreThoseOfVLLMButForMaxTokens() throws {
        var expected = SamplingParams()
        expected.maxTokens = 128
        var requests = try generate("--prompt", "").readRequests()
        requests.applyDefault(maxTokens: 128, contextLength: 1000)
        #expect(requests.params == [expected])
    }

    @Test func theDefaultLengthComesLast() throws {
        func lengths(_ arguments: [String], context: Int) throws -> [Int?] {
            let lines = """
                {"prompt": "a"}
                {"prompt": "a", "max_tokens": 128}
                {"prompt": "a", "max_tokens": null}
                {"prompt": "a", "min_tokens": 130}
                """
            return try TemporaryFolder.withFile(lines) { path in
                let command = try #require(
                    try SpyreCommand.parseAsRoot(["generate", "--prompts-file", path] + arguments) as? GenerateCommand)
                var requests = try command.readRequests()
                requests.applyDefault(maxTokens: 128, contextLength: context)
                return requests.params.map(\.maxTokens)
            }
        }
        #expect(try lengths([], context: 16) == [16, 128, nil, 16])
        #expect(try lengths([], context: 1000) == [128, 128, nil, 130])
        #expect(try lengths(["--max-tokens", "150"], context: 16) == [150, 128, nil, 150])
    }

    @Test func latencyTakesTheSequencesThatWereAskedFor() throws {
        func sequences(_ arguments: String...) throws -> Int {
            let command = try #require(
                try SpyreCommand.parseAsRoot(["bench", "latency"] + arguments) as? LatencyCommand)
            try command.check()
            return try command.executorOptions(longestContext: 8192).maximumSequences
        }
        #expect(try sequences() == 1)
        #expect(try sequences("--batch", "3") == 3)
        #expect(try sequences("--max-num-seqs", "77", "--batch", "3") == 77)
        #expect {
            try sequences("--max-num-seqs", "2", "--batch", "3")
        } throws: { error in
            (error as? CommandFailure)?.kind == .usage
        }
    }

    @Test func modelOptions() throws {
        let command = try generate(
            "--prompt", "x", "--model", "m", "--dtype", "bfloat16", "--kv-cache-dtype", "float16",
            "--kv-cache-memory", "3MiB", "--backend",
            "sendnn", "--threads", "2", "--max-model-len", "64", "--max-num-seqs", "3")
        #expect(command.model.model == "m")
        #expect(
            command.model.executorOptions
                == ExecutorOptions(
                    dtype: .bfloat16, kvCacheDType: .float16, kvCacheMemory: 3 << 20, backend: .sendnn, threads: 2,
                    maximumModelLength: 64,
                    maximumSequences: 3))
        #expect(try generate("--prompt", "x").model.executorOptions == ExecutorOptions())
    }

    @Test func promptsMayBeginWithADash() throws {
        #expect(try generate("--prompt", "--json").prompts == ["--json"])
        #expect(try generate("--prompt-ids", "3,1,2").readRequests().prompts == [.tokens([3, 1, 2])])
    }

    @Test(arguments: [
        ["generate"], ["generate", "--prompt", "a", "--prompt-ids", "1"],
        ["generate", "--prompt", "a", "--system", "b"], ["generate", "--prompt-ids", "1", "--chat"],
        ["generate", "--prompt", "a", "--threads", "0"], ["generate", "--prompt", "a", "--max-num-seqs", "-1"],
        ["generate", "--prompt", "a", "--max-model-len", "0"], ["generate", "--prompt", "a", "--model", ""],
        ["generate", "--prompt", "a", "--temperature", "5"], ["generate", "--prompt", "a", "--n", "1025"],
        ["generate", "--prompt", "a", "--logprobs", "1"], ["generate", "--prompt", "a", "--prompt-logprobs", "1"],
        ["generate", "--prompt", "a", "--logit-bias", "1=1", "--logit-bias", "1=2"],
    ])
    func contradictionsAreUsageFailures(_ arguments: [String]) throws {
        #expect {
            let command = try #require(try SpyreCommand.parseAsRoot(arguments) as? GenerateCommand)
            try command.check()
            _ = try command.readRequests()
        } throws: { error in
            FailureReport(error, arguments: arguments).exitCode == 64
        }
    }

    @Test(arguments: ["1,", "", "a", "1 2", "-1", "4294967296"]) func badTokenIDs(_ text: String) {
        #expect(throws: CommandFailure.self) { try TokenIDList(argument: text) }
    }

    @Test(arguments: [
        ("1", 1), ("65536", 65536), ("7KiB", 7 << 10), ("512MiB", 512 << 20), ("2GiB", 2 << 30), ("1TiB", 1 << 40),
    ])
    func amountsOfMemory(_ text: String, _ bytes: Int) throws {
        #expect(try MemorySize(argument: text).bytes == bytes)
    }

    @Test(arguments: [
        "", "0", "-1", "+1", "GiB", "1 GiB", "1.5GiB", "2GB", "2gib", "1e3", "٣", "9223372036854775808", "8388608TiB",
    ])
    func badAmountsOfMemory(_ text: String) {
        #expect(throws: CommandFailure.self) { try MemorySize(argument: text) }
    }

    @Test(arguments: ["1", "=1", "1=", "x=1", "-1=2"]) func badBiases(_ text: String) {
        #expect(throws: CommandFailure.self) { try TokenBias(argument: text) }
    }
}
