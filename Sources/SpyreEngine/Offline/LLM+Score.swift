import SpyreExecutor
import SpyreScheduler

extension LLM {
    /// How unlikely a text is to the model: -ln p(id i | the ids before it) for i = 1 ..< count, in nats.
    ///
    /// The log-softmax is computed from the float32 logits with a sum in double precision. The mean of the values,
    /// exponentiated, is the perplexity.
    ///
    /// - Parameter tokenIDs: at least one id, at most as many as the context holds.
    /// Whatever the policy of the engine, the text is read in chunks; shapes that `sendnn` was given for static batches
    /// have no room for that many logits.
    ///
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

    /// Runs the ids as a prompt whose logits are all wanted, alone and outside of the prefix cache. The last id needs no
    /// row of its own.
    private func score(_ tokenIDs: [Int], logits: LogitsBuffer) throws -> [Float] {
        let prompt = tokenIDs.dropLast().map { Int32(truncatingIfNeeded: $0) }
        guard !prompt.isEmpty else { return [] }
        forgetPrefixes()
        var limits = limits
        limits.maximumSequences = 1
        var policy = try Self.makePolicy(SchedulingConfiguration(cachesPrefixes: false), for: limits)
        let id = RequestID(0)
        try policy.add(SchedulerRequest(id: id, prompt: prompt, maximumNewTokens: 1, reportsPrompt: true))
        let reader = LogprobReader()
        var batch = ForwardBatch()
        var scores: [Float] = []
        scores.reserveCapacity(prompt.count)
        while scores.count < prompt.count {
            batch.removeAll()
            for item in try policy.schedule().items { batch.append(item, tokens: prompt) }
            guard batch.rowCount > 0 else {
                throw EngineError.inconsistent("no step for a text of \(prompt.count) ids")
            }
            try executor.execute(batch, logits: logits.rows)
            for row in 0..<batch.logitRows.count {
                let values = UnsafeBufferPointer(logits.row(row)), position = scores.count + 1
                scores.append(try Self.score(tokenIDs[position], values, position: position, reader))
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
