import SpyreBenchmark
import Testing

@testable import SpyreCheckpoint
@testable import SpyreCommands
@testable import SpyreExecutor

@Suite struct LatencyBenchmarkTests {
    /// Checks every batch as a paged executor would, and counts.
    private final class CheckingExecutor: Executor {
        let limits: ExecutorLimits
        let compilationsAfterWarmUp = 0
        var batches: [ForwardBatch] = []

        init(rows: Int, sequences: Int, length: Int, blocks: Int) {
            limits = ExecutorLimits(
                maximumRows: rows, maximumSequences: sequences, maximumLogitRows: sequences,
                maximumModelLength: length, blockCount: blocks, vocabularySize: 50)
        }

        func execute(_ batch: ForwardBatch, logits: UnsafeMutableBufferPointer<Float>) throws(ExecutorError) {
            guard logits.count >= batch.logitRows.count * limits.vocabularySize else { throw .invalidBatch("logits") }
            try batch.validate(limits)
            batches.append(batch)
        }
    }

    @Test(arguments: [(1, 70, 3, 32), (3, 5, 2, 512), (2, 64, 65, 64)])
    func runsTheWork(_ sequences: Int, _ prompt: Int, _ output: Int, _ rows: Int) throws {
        let blocks = ExecutorLimits.blocks(forTokens: prompt + output) * sequences + 1
        let executor = CheckingExecutor(rows: rows, sequences: sequences, length: prompt + output, blocks: blocks)
        let work = LatencyWork(
            promptTokens: prompt, outputTokens: output, sequences: sequences, repeats: 2, seed: 1)
        var progress: [Int] = []
        let runs = try LatencyBenchmark(executor: executor, work: work).run { done, _ in progress.append(done) }
        #expect(runs.count == 2)
        #expect(runs.allSatisfy { $0.steps.count == output })
        #expect(progress == [0, 1, 2])
        let chunks = (prompt + rows - 1) / rows * sequences
        #expect(executor.batches.count == 3 * (chunks + output))
        let repeatTokens = executor.batches.prefix(chunks + output).reduce(0) { $0 + $1.rowCount }
        #expect(repeatTokens == sequences * (prompt + output))
        // Every repeat is the same, and no two sequences share a slot.
        #expect(executor.batches.prefix(chunks + output) == executor.batches.suffix(chunks + output))
        let slots = executor.batches.prefix(chunks + output).flatMap(\.slots)
        #expect(Set(slots).count == slots.count)
        #expect(slots.allSatisfy { $0 >= Int32(ExecutorLimits.blockTokens) })
    }

    /// What comes before the prompt is read once, for all repeats.
    @Test func depthIsReadOnce() throws {
        let executor = CheckingExecutor(rows: 32, sequences: 2, length: 100, blocks: 5)
        let work = LatencyWork(depth: 70, promptTokens: 10, outputTokens: 3, sequences: 2, repeats: 3, seed: 1)
        let runs = try LatencyBenchmark(executor: executor, work: work).run { _, _ in }
        #expect(runs.count == 3)
        let fill = 2 * 3
        #expect(executor.batches.prefix(fill).allSatisfy { $0.logitRows.isEmpty })
        #expect(executor.batches.prefix(fill).reduce(0) { $0 + $1.rowCount } == 140)
        #expect(executor.batches.count == fill + 4 * (2 + 3))
        #expect(executor.batches[fill].positions.first == 70)
        #expect(executor.batches.last?.contextLengths == [83, 83])
        #expect(work.meanContext == 82)
    }

    /// The limits that were measured after each repeat belong to it.
    @Test func fractionsComeFromTheirOwnRepeat() throws {
        let tensors = [
            CheckpointTensor(
                name: "base_model.embedding.weight", elementType: .float32, shape: [64, 32], byteCount: 1, fileIndex: 0,
                fileOffset: 0),
            CheckpointTensor(
                name: "base_model.layers.0.attn.dense.weight", elementType: .float32, shape: [64, 32], byteCount: 1,
                fileIndex: 0, fileOffset: 0),
        ]
        var configuration = ModelConfiguration(
            vocabularySize: 64, hiddenSize: 32, intermediateSize: 32, layerCount: 2, headCount: 2, tiedEmbeddings: true)
        let model = try #require(ModelWork(tensors, configuration, dtype: .float32))
        #expect(model.weightBytes == 2 * 64 * 32 * 4)
        #expect(model.cacheBytes == 2 * 2 * 32 * 4)
        for (type, bytes, attention) in [
            (KVCacheDType.float32, 4, ComputeType.float32), (.bfloat16, 2, .bfloat16), (.float16, 2, .float32),
            (.fp8_e4m3, 1, .bfloat16), (.int8, 1, .bfloat16),
        ] {
            let other = ModelWork(tensors, configuration, dtype: .float32, kvCacheDType: type)
            #expect(other?.cacheBytes == 2 * 2 * 32 * bytes && other?.attentionType == attention)
        }
        // 3 tokens through the one matrix, the head once, and 5 + 6 + 7 pairs of 2 layers of 2 heads of 16.
        let operations = model.operations(prompt: 3, depth: 4)
        #expect(operations == [.float32: Double(2 * 64 * 32 * 3 + 2 * 64 * 32 + 4 * 2 * 32 * 18)])
        #expect(model.bytes(sequences: 3, context: 10) == Double(model.weightBytes + 30 * model.cacheBytes))
        configuration.tiedEmbeddings = false
        #expect(ModelWork(tensors, configuration, dtype: .float32)?.weightBytes == 64 * 32 * 4)

        let work = LatencyWork(promptTokens: 3, outputTokens: 1, sequences: 1, repeats: 2, seed: 0)
        let bytes = model.bytes(sequences: 1, context: work.meanContext)
        let total = try #require(model.operations(prompt: 3, depth: 0)[.float32])
        // The second repeat ran at half speed on a machine at half speed.
        let runs = [1.0, 2].map { time in
            LatencyRun(
                prefill: 2 * time, steps: [4 * time],
                limits: ModelLimits.Sample(readRate: bytes / time, peaks: [.float32: total / time]))
        }
        let command = try #require(
            try SpyreCommand.parseAsRoot(["bench", "latency", "--model", "m"]) as? LatencyCommand)
        let row = LatencyRow(
            model: command.model, threads: 2, work: work, runs: runs, loadSeconds: 1, warmUpSeconds: 0,
            weightBytes: nil, peakMemory: nil, modelWork: model)
        #expect(row.prefillFraction == 0.5)
        #expect(row.decodeFraction == 0.25)
        #expect(row.lines.contains { $0.hasPrefix("decode") && $0.hasSuffix("25.0%") })
    }

    @Test func workThatDoesNotFitIsRefused() {
        let executor = CheckingExecutor(rows: 8, sequences: 2, length: 64, blocks: 2)
        for work in [
            LatencyWork(promptTokens: 60, outputTokens: 5, sequences: 1, repeats: 1, seed: 0),
            LatencyWork(promptTokens: 6, outputTokens: 5, sequences: 3, repeats: 1, seed: 0),
            LatencyWork(promptTokens: 6, outputTokens: 5, sequences: 2, repeats: 1, seed: 0),
        ] {
            #expect(throws: CommandFailure.self) { try LatencyBenchmark(executor: executor, work: work) }
        }
    }

    /// Reference values: SplitMix64 from seeds 0 and 7, computed with another implementation.
    @Test func randomTokens() {
        var zero = RandomTokens(seed: 0, vocabularySize: 49_152)
        #expect(zero.next(4) == [36_271, 26_100, 17_743, 16_876])
        var seven = RandomTokens(seed: 7, vocabularySize: 1000)
        #expect(seven.next(4) == [487, 804, 346, 203])
    }

    @Test func rowIsWhatTheComparisonReads() throws {
        let work = LatencyWork(promptTokens: 100, outputTokens: 4, sequences: 2, repeats: 3, seed: 0)
        let runs = [0.5, 1, 2].map { LatencyRun(prefill: $0, steps: Array(repeating: 0.01 * $0, count: 4)) }
        let command = try #require(
            try SpyreCommand.parseAsRoot(["bench", "latency", "--model", "m"]) as? LatencyCommand)
        let row = LatencyRow(
            model: command.model, threads: 2, work: work, runs: runs, loadSeconds: 0.25, warmUpSeconds: 0.05,
            weightBytes: 98_000_000, peakMemory: 1 << 20, modelWork: nil)
        let object = try #require(try jsonObjects(JSONLine.text(row)).first)
        #expect(object["threads"] as? Int == 2)
        #expect(object["sequences"] as? Int == 2)
        #expect(object["prefill_tokens"] as? Int == 100)
        #expect(object["prefill_tokens_per_second"] as? Double == 200)
        #expect(object["decode_tokens"] as? Int == 4)
        #expect(object["decode_tokens_per_second"] as? Double == 200)
        #expect(object["load_seconds"] as? Double == 0.25)
        #expect(object["weight_bytes"] as? Int == 98_000_000)
        #expect(object["dtype"] as? String == "auto")
        #expect(object["kv_cache_dtype"] as? String == "bfloat16")
        #expect(object["backend"] as? String == "inductor")
        #expect(row.lines.last?.hasSuffix(", packed weights 98.0 MB") == true)
        let unknown = LatencyRow(
            model: command.model, threads: 2, work: work, runs: runs, loadSeconds: 0.25, warmUpSeconds: 0.05,
            weightBytes: nil, peakMemory: nil, modelWork: nil)
        #expect(try #require(try jsonObjects(JSONLine.text(unknown)).first)["weight_bytes"] == nil)
        #expect(unknown.lines.last?.contains("weights") == false)
        #expect(row.lines.first == "m, dtype auto, backend inductor, threads 2, batch 2, medians of 3")
    }
}
