import SpyreCheckpoint
import SpyreExecutor
import SpyreGraph
import SpyreTestSupport
import Testing

/// How many KV blocks an executor has.
@Suite struct KVCacheMemoryTests {
    private func limits(_ memory: Int?, _ type: KVCacheDType = .bfloat16, length: Int = 100) throws -> ExecutorLimits {
        try SpyreExecutor(
            checkpoint: try Checkpoint.open(Fixtures.path("micro/llama-gqa")),
            options: ExecutorOptions(
                kvCacheDType: type, kvCacheMemory: memory, threads: 1, maximumModelLength: length, maximumSequences: 3)
        ).limits
    }

    /// All sequences at full length, and block 0.
    @Test func withoutAnAmountAllSequencesFit() throws {
        let limits = try limits(nil)
        #expect(limits.blockCount == 3 * 2 + 1)
        #expect(limits.fullLengthSequences == 3)
        #expect(try self.limits(nil, .float32).blockBytes == 2 * limits.blockBytes)
        #expect(try self.limits(nil, .int8).blockBytes * 2 == limits.blockBytes)
        #expect(try self.limits(nil, .fp8_e4m3).blockBytes * 2 == limits.blockBytes)
    }

    @Test func anAmountIsUsedUp() throws {
        let block = try limits(nil).blockBytes
        for blocks in [3, 4, 5, 50] {
            for rest in [0, block - 1] {
                let limits = try limits(blocks * block + rest)
                #expect(limits.blockCount == blocks)
                #expect(limits.fullLengthSequences == (blocks - 1) / 2)
            }
        }
        #expect(try limits(5 * block, .fp8_e4m3).blockCount == 10)
    }

    @Test func tooLittleAndTooMuchAreRefused() throws {
        let block = try limits(nil).blockBytes
        for bytes in [1, block, 3 * block - 1] {
            let error = try #require(throws: ExecutorError.self) { try limits(bytes) }
            #expect(error.description.contains("one sequence of 100 tokens needs \(3 * block) bytes"))
            #expect(error.description.contains("or lower --max-model-len"))
        }
        let error = try #require(throws: ExecutorError.self) { try limits(.max) }
        #expect(error.description.hasPrefix("--kv-cache-memory: \(Int.max) bytes are more than the"))
    }
}
