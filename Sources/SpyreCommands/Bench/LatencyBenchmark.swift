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
        let length = work.length
        blocksPerSequence = ExecutorLimits.blocks(forTokens: length)
        guard length <= limits.maximumModelLength, work.sequences <= limits.maximumSequences,
            // Block 0 belongs to nobody.
            blocksPerSequence * work.sequences < limits.blockCount
        else {
            throw CommandFailure(
                "\(work.sequences) sequences of \(length) tokens do not fit: lower --batch, --depth, "
                    + "--prompt-tokens or --output-tokens")
        }
        var random = RandomTokens(seed: work.seed, vocabularySize: limits.vocabularySize)
        tokens = (0..<work.sequences).map { _ in random.next(length) }
    }

    /// - Parameters:
    ///   - limits: measures what the processor can do, after each repeat.
    ///   - progress: repeats that are done, the uncounted one included, of how many.
    func run(limits: (() throws -> ModelLimits.Sample)? = nil, progress: (Int, Int) -> Void) throws -> [LatencyRun] {
        let logits = UnsafeMutableBufferPointer<Float>.allocate(
            capacity: work.sequences * executor.limits.vocabularySize)
        defer { logits.deallocate() }
        var runs: [LatencyRun] = []
        for index in 0...work.repeats {
            progress(index, work.repeats + 1)
            // What comes before the prompt is the same in every repeat, and stays in the cache.
            if index == 0 { try fill(logits) }
            var run = try runOnce(logits)
            // The first repeat warms caches and threads up.
            guard index > 0 else { continue }
            run.limits = try limits?()
            runs.append(run)
        }
        return runs
    }

    private func fill(_ logits: UnsafeMutableBufferPointer<Float>) throws {
        for sequence in 0..<work.sequences {
            for batch in chunks(sequence, 0..<work.depth, endsWithLogits: false) {
                try executor.execute(batch, logits: logits)
            }
        }
    }

    private func runOnce(_ logits: UnsafeMutableBufferPointer<Float>) throws -> LatencyRun {
        let clock = ContinuousClock()
        let prompts = (0..<work.sequences).flatMap {
            chunks($0, work.depth..<work.depth + work.promptTokens, endsWithLogits: true)
        }
        let prefill = try clock.measure { for batch in prompts { try executor.execute(batch, logits: logits) } }
        var steps: [Double] = []
        steps.reserveCapacity(work.outputTokens)
        for step in 0..<work.outputTokens {
            let time = try clock.measure { try executor.execute(decodeStep(step), logits: logits) }
            steps.append(time.seconds)
        }
        return LatencyRun(prefill: prefill.seconds, steps: steps)
    }

    /// Tokens of one sequence in chunks; at most the last token's logits are asked for.
    private func chunks(_ sequence: Int, _ positions: Range<Int>, endsWithLogits: Bool) -> [ForwardBatch] {
        let chunk = executor.limits.maximumRows
        return stride(from: positions.lowerBound, to: positions.upperBound, by: chunk).map { start in
            let end = min(start + chunk, positions.upperBound)
            var batch = ForwardBatch()
            append(sequence, start..<end, to: &batch)
            if endsWithLogits, end == positions.upperBound { batch.logitRows = [Int32(batch.rowCount - 1)] }
            return batch
        }
    }

    private func decodeStep(_ step: Int) -> ForwardBatch {
        var batch = ForwardBatch()
        for sequence in 0..<work.sequences {
            let position = work.depth + work.promptTokens + step
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
