import SpyreExecutor
import Testing

@testable import SpyreCommands

@Suite struct KVCacheNoticeTests {
    private func text(blocks: Int, length: Int) -> String {
        let limits = ExecutorLimits(
            maximumRows: 1, maximumSequences: 4, maximumLogitRows: 1, maximumModelLength: length,
            blockCount: blocks + 1, blockBytes: 3 << 18, vocabularySize: 10)
        return KVCacheNotice(limits, type: .bfloat16).text
    }

    @Test func saysWhatThereIsRoomFor() {
        #expect(
            text(blocks: 31, length: 1000)
                == "KV cache of bfloat16: 31 blocks, 1984 tokens, 24 MiB; room for 1 request of 1000 tokens at a time")
        #expect(text(blocks: 32, length: 1000).hasSuffix("room for 2 requests of 1000 tokens at a time"))
        #expect(text(blocks: 3, length: 64).hasSuffix("room for 3 requests of 64 tokens at a time"))
    }

    /// Whoever asks for notices is told by every command that makes a cache; `--quiet` goes first.
    @Test(arguments: [
        ["generate", "--prompt-ids", "5", "--max-tokens", "1"],
        ["bench", "latency", "--prompt-tokens", "9", "--output-tokens", "2", "--repeat", "1", "--json"],
        ["bench", "throughput", "--requests", "1", "--prompt-tokens", "9", "--output-tokens", "2", "--json"],
    ])
    func commandsSayIt(_ arguments: [String]) throws {
        let command = arguments + ["--model", MicroModels.path("llama-gqa")]
        let informed = SpyreProgram(environment: ["SPYRE_LOG_LEVEL": "info"])
        let answer = try informed(command)
        #expect(answer.status == 0, "\(answer.errors)")
        #expect(answer.errorLines.count { $0.hasPrefix("spyre: KV cache of bfloat16: ") } == 1, "\(answer.errors)")
        #expect(!answer.output.contains("KV cache"))
        #expect(try informed(command + ["--quiet"]).errors.isEmpty)
        // Nobody reads it where standard error is no terminal.
        #expect(try SpyreProgram()(command).errors.isEmpty)
    }
}
