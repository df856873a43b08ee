import SpyreBenchmark
import SpyreExecutor

/// Runs the work on an executor and times it. Sequence `s` owns the same KV blocks in every repeat.
struct LatencyBenchmark {
    private let executor: any Executor
    private let work: LatencyWork
    private let blocksPerSequence: Int
    /// `[sequences][prompt + output]`
    private let tokens: [[Int32]]

    /// - Throws: a `CommandFailure` when the executor is too small for the work.
    init(executor: any Executor, work: LatencyWork) throws(CommandFailure) {
        self.executor = executor
        self.work = work
        let limits = executor.limits
        let length = work.promptTokens + work.outputTokens
        blocksPerSequence = ExecutorLimits.blocks(forTokens: length)
        guard length <= limits.maximumModelLength, work.sequences <= limits.maximumSequences,
            // Block 0 belongs to nobody.
            blocksPerSequence * work.sequences < limits.blockCount
        else {
            throw CommandFailure(
                "\(work.sequences) sequences of \(length) tokens do not fit: lower --batch, --prompt-tokens or "
                    + "--output-tokens")
        }
        var random = RandomTokens(seed: work.seed, vocabularySize: limits.vocabularySize)
        tokens = (0..<work.sequences).map { _ in random.next(length) }
    }

    /// - Parameter progress: repeats that are done, the uncounted one included, of how many.
    func run(progress: (Int, Int) -> Void) throws -> [LatencyRun] {
        let logits = UnsafeMutableBufferPointer<Float>.allocate(
            capacity: work.sequences * executor.limits.vocabularySize)
        defer { logits.deallocate() }
        var runs: [LatencyRun] = []
        for index in 0...work.repeats {
            progress(index, work.repeats + 1)
            let run = try runOnce(logits)
            // The first repeat warms caches and threads up.
            if index > 0 { runs.append(run) }
        }
        return runs
    }

    private func runOnce(_ logits: UnsafeMutableBufferPointer<Float>) throws -> LatencyRun {
        let clock = ContinuousClock()
        let prompts = (0..<work.sequences).flatMap(prefillSteps)
        let prefill = try clock.measure { for batch in prompts { try executor.execute(batch, logits: logits) } }
        var steps: [Double] = []
        steps.reserveCapacity(work.outputTokens)
        for step in 0..<work.outputTokens {
            let time = try clock.measure { try executor.execute(decodeStep(step), logits: logits) }
            steps.append(time.seconds)
        }
        return LatencyRun(prefill: prefill.seconds, steps: steps)
    }

    /// The prompt of one sequence in chunks; only the last token's logits are asked for.
    private func prefillSteps(_ sequence: Int) -> [ForwardBatch] {
        let chunk = executor.limits.maximumRows
        return stride(from: 0, to: work.promptTokens, by: chunk).map { start in
            let end = min(start + chunk, work.promptTokens)
            var batch = ForwardBatch()
            append(sequence, start..<end, to: &batch)
            if end == work.promptTokens { batch.logitRows = [Int32(batch.rowCount - 1)] }
            return batch
        }
    }

    private func decodeStep(_ step: Int) -> ForwardBatch {
        var batch = ForwardBatch()
        for sequence in 0..<work.sequences {
            let position = work.promptTokens + step
            append(sequence, position..<(position + 1), to: &batch)
        }
        batch.logitRows = (0..<work.sequences).map { Int32($0) }
        return batch
    }

    private func append(_ sequence: Int, _ positions: Range<Int>, to batch: inout ForwardBatch) {
        let blockTokens = ExecutorLimits.blockTokens
        let firstBlock = 1 + sequence * blocksPerSequence
        for position in positions {
            batch.tokenIDs.append(tokens[sequence][position])
            batch.positions.append(Int32(position))
            batch.slots.append(
                Int32((firstBlock + position / blockTokens) * blockTokens + position % blockTokens))
        }
        batch.queryStarts.append(Int32(batch.rowCount))
        batch.contextLengths.append(Int32(positions.upperBound))
        let blocks = ExecutorLimits.blocks(forTokens: positions.upperBound)
        batch.blockTables.append((firstBlock..<(firstBlock + blocks)).map { Int32($0) })
    }
}
