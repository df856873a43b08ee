import ArgumentParser
import Foundation
import SpyreEngine
import SpyreScheduler
import Testing

@testable import SpyreCommands

/// `--policy` and what belongs to it.
@Suite struct PolicyOptionsTests {
    private let spyre = SpyreProgram()
    private let model = ["--model", MicroModels.path("llama-gqa"), "--threads", "1"]

    private func options(_ arguments: String...) throws -> PolicyOptions {
        try PolicyOptions.parse(arguments)
    }

    @Test func configurations() throws {
        let continuous = try options("--long-prefill-token-threshold", "9", "--no-enable-prefix-caching")
        #expect(
            try continuous.configuration(environment: [:])
                == SchedulingConfiguration(cachesPrefixes: false, longPrefillTokens: 9))
        let card = try options("--policy", "spyre", "--max-num-batched-tokens", "128", "--max-batch-tkv-limit", "5")
        #expect(
            try card.configuration(cachesPrefixes: false, environment: ["A": "1"])
                == SchedulingConfiguration(
                    policy: .spyre, cachesPrefixes: false, chunkTokens: 128, batchTKVLimit: 5, environment: ["A": "1"]))
        let shapes = try options("--policy", "static", "--warmup-shapes", "64x20x4,128x20x2")
        let two = [
            WarmupShape(promptLength: 64, newTokens: 20, batchSize: 4),
            WarmupShape(promptLength: 128, newTokens: 20, batchSize: 2),
        ]
        #expect(try shapes.configuration(environment: [:]).policy == .staticBatches(two))
        let variables = [
            "VLLM_SPYRE_WARMUP_PROMPT_LENS": "64,128", "VLLM_SPYRE_WARMUP_NEW_TOKENS": "20,20",
            "VLLM_SPYRE_WARMUP_BATCH_SIZES": "4,2",
        ]
        #expect(try options("--policy", "static").configuration(environment: variables).policy == .staticBatches(two))
        let standard = WarmupShape(promptLength: 64, newTokens: 20, batchSize: 1)
        #expect(try options("--policy", "static").configuration(environment: [:]).policy == .staticBatches([standard]))
    }

    /// An option goes before the variable that says the same.
    @Test func optionsGoFirst() throws {
        let name = "VLLM_DT_MAX_BATCH_TKV_LIMIT"
        let plain = try options("--policy", "spyre").configuration(environment: [name: "abc"])
        #expect(throws: ConfigurationError.self) { try plain.check() }
        let given = try options("--policy", "spyre", "--max-batch-tkv-limit", "99").configuration(
            environment: [name: "abc"])
        try given.check()
    }

    @Test(arguments: [
        (["--warmup-shapes", "64x20x4"], "--warmup-shapes needs --policy static"),
        (["--policy", "static", "--long-prefill-token-threshold", "3"], "needs --policy continuous"),
        (["--max-batch-tkv-limit", "9"], "--max-batch-tkv-limit needs --policy spyre"),
        (["--policy", "static", "--enable-prefix-caching"], "does nothing with --policy static"),
        (["--policy", "spyre", "--max-num-batched-tokens", "100"], "must be a multiple of 64 with --policy spyre"),
        (["--max-num-batched-tokens", "4"], "has no room for one token of each of 8 sequences"),
        (["--max-num-batched-tokens", "65537"], "--max-num-batched-tokens must be an integer in 1...65536"),
        (["--policy", "static", "--warmup-shapes", "65x20x1"], "warmup shape 65x20x1 is no multiple of 64"),
        (["--policy", "static", "--warmup-shapes", "64x0x1"], "the new tokens of warmup shape 64x0x1 is 0"),
        (["--policy", "static", "--warmup-shapes=-64x20x1"], "the prompt length of warmup shape -64x20x1 is -64"),
        (["--policy", "static", "--warmup-shapes", "64x20x2000"], "the batch size is 2000 and can be 1024 at most"),
        (["--policy", "static", "--warmup-shapes", "1024x20x1000"], "the number of prompt rows is 1024000 and can be"),
        (["--policy", "static", "--warmup-shapes", "64x20x9223372036854775807"], "it has to be from 1 to 4096"),
        (["--policy", "static", "--warmup-shapes", "9223372036854775807x20x4"], "it has to be from 1 to 1048576"),
        (
            ["--policy", "static", "--warmup-shapes", "64x4x8", "--max-num-seqs", "2"],
            "warmup shape 64x4x8 needs --max-num-seqs 8, got 2"
        ),
        (
            ["--policy", "static", "--warmup-shapes", "64x4x2", "--max-num-batched-tokens", "64"],
            "warmup shape 64x4x2 needs --max-num-batched-tokens 128, got 64"
        ),
    ])
    func mistakes(_ arguments: [String], _ reason: String) throws {
        let answer = try spyre(["generate", "--prompt", "a", "--model", "/no/such/model"] + arguments)
        #expect(answer.status == 64, "\(answer.errors)")
        #expect(answer.output.isEmpty)
        #expect(answer.errorLines.count == 1, "\(answer.errors)")
        #expect(answer.errors.contains(reason), "\(answer.errors)")
    }

    @Test func everyPolicyGeneratesTheSame() throws {
        let prompts = "{\"prompt_ids\": [5, 6, 7]}\n{\"prompt_ids\": [9, 8]}\n{\"prompt_ids\": [5, 6, 7]}\n"
        let rows = try [
            [], ["--no-enable-prefix-caching", "--max-num-batched-tokens", "8"], ["--policy", "spyre"],
            ["--policy", "static", "--warmup-shapes", "64x12x2"],
            ["--policy", "static", "--warmup-shapes", "64x12x2", "--backend", "sendnn"],
        ].map { arguments in
            let answer = try spyre(
                [
                    "generate", "--prompts-file", "-", "--json", "--ignore-eos", "--temperature", "0", "--max-tokens",
                    "12",
                ]
                    + model + arguments, input: prompts)
            #expect(answer.status == 0, "\(answer.errors)")
            return answer.output
        }
        #expect(rows.allSatisfy { $0 == rows[0] })
        #expect(try jsonObjects(rows[0]).count == 3)
    }

    /// Without --max-tokens the shapes decide, and a text that they cut is said to be.
    @Test func shapesDecideTheLength() throws {
        let arguments = ["--policy", "static", "--warmup-shapes", "64x4x1", "--temperature", "0", "--ignore-eos"]
        let informed = SpyreProgram(environment: ["SPYRE_LOG_LEVEL": "info"])
        let answer = try informed(["generate", "--prompt-ids", "5,6"] + model + arguments)
        #expect(answer.status == 0, "\(answer.errors)")
        #expect(answer.errors.contains("the text was cut after 4 tokens; --warmup-shapes allows longer ones"))
        let long = (0..<65).map { _ in "5" }.joined(separator: ",")
        let refused = try spyre(["generate", "--prompt-ids", long] + model + arguments)
        #expect(refused.status == 1)
        #expect(refused.errors.contains("fits no warmup shape; there are 64x4x1"), "\(refused.errors)")
    }

    @Test(arguments: [
        ["--policy", "continuous"], ["--policy", "spyre"], ["--policy", "static", "--warmup-shapes", "128x20x2"],
        ["--policy", "static", "--warmup-shapes", "64x1x2", "--output-tokens", "1"], ["--enable-prefix-caching"],
    ])
    func throughputUnderEveryPolicy(_ arguments: [String]) throws {
        let answer = try spyre(
            ["bench", "throughput", "--requests", "3", "--prompt-tokens", "16", "--output-tokens", "4", "--json"]
                + model + arguments)
        #expect(answer.status == 0, "\(answer.errors)")
        let row = try #require(try jsonObjects(answer.output).first)
        let caches = arguments.contains("--enable-prefix-caching")
        #expect(row["policy"] as? String == (caches ? "continuous" : arguments[1]))
        #expect(row["prefix_caching"] as? Bool == caches)
        #expect((row["fraction"] == nil) == caches)
        #expect((1...24).contains(try #require(row["steps"] as? Int)))
        #expect((0...1).contains(try #require(row["scheduler_fraction"] as? Double)))
        #expect((0...1).contains(try #require(row["peak_cache_fraction"] as? Double)))
    }
}
