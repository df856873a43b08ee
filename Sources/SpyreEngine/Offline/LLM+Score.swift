import SpyreExecutor

extension LLM {
    /// How unlikely a text is to the model: -ln p(id i | the ids before it) for i = 1 ..< count, in nats.
    ///
    /// The log-softmax is computed from the float32 logits with a sum in double precision. The mean of the values,
    /// exponentiated, is the perplexity.
    ///
    /// - Parameter tokenIDs: at least one id, at most as many as the context holds.
    /// - Returns: one value fewer than there are ids.
    /// - Throws: ``EngineError`` for ids that cannot be scored, `ExecutorError` when a step failed.
    public func score(tokenIDs: [Int]) throws -> [Float] {
        let preparation = preparation
        guard !tokenIDs.isEmpty else { throw EngineError.emptyPrompt(prompt: nil) }
        guard tokenIDs.count <= preparation.contextLength else {
            throw EngineError.textTooLong(
                tokens: tokenIDs.count, contextLength: preparation.contextLength,
                modelLength: preparation.modelLength)
        }
        try preparation.check(tokenIDs, number: nil)
        return try exclusively { logits in
            try score(tokenIDs, logits: logits)
        }
    }

    /// Reads the ids in chunks whose logits are all asked for. The last id needs no row of its own.
    private func score(_ tokenIDs: [Int], logits: LogitsBuffer) throws -> [Float] {
        let rows = tokenIDs.count - 1
        let chunk = min(limits.maximumRows, limits.maximumLogitRows)
        guard chunk > 0 else { throw EngineError.inconsistent("the executor's limits allow no token row (\(limits))") }
        var pool = BlockPool(blockCount: limits.blockCount)
        let blocks = ExecutorLimits.blocks(forTokens: rows)
        guard pool.promise(blocks) else {
            throw BlockPoolError.notPromised(count: blocks, promised: pool.availableCount)
        }
        var sequence = KVSequence(tokens: tokenIDs, promisedBlocks: blocks)
        let reader = LogprobReader()
        var batch = ForwardBatch()
        var scores: [Float] = []
        scores.reserveCapacity(rows)
        while scores.count < rows {
            let start = scores.count
            let count = min(chunk, rows - start)
            try sequence.grow(to: start + count, from: &pool)
            batch.removeAll()
            batch.append(sequence, start: start, count: count, logitRows: count)
            try executor.execute(batch, logits: logits.rows)
            for row in 0..<count {
                let values = UnsafeBufferPointer(logits.row(row))
                scores.append(try Self.score(tokenIDs[start + row + 1], values, position: start + row + 1, reader))
            }
        }
        return scores
    }

    private static func score(
        _ token: Int, _ row: UnsafeBufferPointer<Float>, position: Int, _ reader: LogprobReader
    ) throws(EngineError) -> Float {
        do throws(SamplingError) {
            return Float(-(try reader.logprob(of: token, in: row)))
        } catch {
            throw .unscorable(position: position, error)
        }
    }
}
