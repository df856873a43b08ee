import Testing

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
            model: command.model, threads: 2, work: work, runs: runs, loadSeconds: 0.25, weightBytes: 98_000_000)
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
        #expect(object["backend"] as? String == "inductor")
        #expect(row.lines.last?.hasSuffix(", packed weights 98.0 MB") == true)
        let unknown = LatencyRow(
            model: command.model, threads: 2, work: work, runs: runs, loadSeconds: 0.25, weightBytes: nil)
        #expect(try #require(try jsonObjects(JSONLine.text(unknown)).first)["weight_bytes"] == nil)
        #expect(unknown.lines.last?.contains("weights") == false)
        #expect(row.lines.first == "m, dtype auto, backend inductor, threads 2, batch 2, medians of 3")
    }
}
