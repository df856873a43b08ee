extension SimulationCase {
    /// Runs the case under the card's rules.
    /// - Throws: `SimulationError`, or `BlockPoolError` when the policy breaks its own rules.
    package func spyreRows(observer: StepObserver? = nil) throws -> [SimulationRow] {
        let limits = try configured { () throws(ConfigurationError) in try spyreLimits() }
        let blocks = try configured { () throws(ConfigurationError) in try blockCount(limits) }
        let pool = BlockPool(blockCount: blocks, cachesPrefixes: cachesPrefixes, freedOrder: .first)
        return try CaseSimulation(
            self,
            policy: configured { () throws(ConfigurationError) in
                try SpyrePolicy(limits: limits, pool: pool)
            }
        ).rows(observer: observer)
    }

    /// Runs the case with a unified token budget; `chunk` is the budget.
    package func continuousRows(observer: StepObserver? = nil) throws -> [SimulationRow] {
        let limits = ContinuousLimits(
            order: requests.contains { $0.priority != 0 } ? .priority : .firstCome, maximumSequences: maximumSequences,
            maximumStepTokens: chunkTokens, maximumModelLength: maximumModelLength)
        let blocks = try configured { () throws(ConfigurationError) in try blockCount(spyreLimits()) }
        let pool = BlockPool(blockCount: blocks, cachesPrefixes: cachesPrefixes)
        return try CaseSimulation(
            self,
            policy: configured { () throws(ConfigurationError) in
                try ContinuousPolicy(limits: limits, pool: pool)
            }
        ).rows(observer: observer)
    }

    /// Runs the case in static batches. The shapes decide everything, the memory too; other limits are not looked at.
    /// - Parameter shapes: used when the case names none.
    package func staticRows(
        shapes standard: [WarmupShape], observer: StepObserver? = nil
    ) throws -> [SimulationRow] {
        let policy = try configured { () throws(ConfigurationError) in
            try StaticPolicy(shapes: warmupShapes.map(WarmupShape.list) ?? standard)
        }
        return try CaseSimulation(self, policy: policy).rows(observer: observer)
    }

    private func spyreLimits() throws(ConfigurationError) -> SpyreLimits {
        try ConfigurationError.check("max_num_seqs", maximumSequences, 1...(1 << 16))
        try ConfigurationError.check("max_model_len", maximumModelLength, 1...ConfigurationError.greatestCount)
        return SpyreLimits(
            maximumSequences: maximumSequences, maximumModelLength: maximumModelLength, chunkTokens: chunkTokens,
            batchTKVLimit: batchTKVLimit, interleaves: interleaves, pauses: pauses,
            favoursLongOutputs: favoursLongOutputs)
    }

    private func blockCount(_ limits: SpyreLimits) throws(ConfigurationError) -> Int {
        guard let usableBlocks else { return try limits.blockCount() }
        try ConfigurationError.check("usable_blocks", usableBlocks, 1...(1 << 24))
        return usableBlocks + 1
    }

    private func configured<Value>(
        _ make: () throws(ConfigurationError) -> Value
    ) throws(SimulationError) -> Value {
        do throws(ConfigurationError) {
            return try make()
        } catch {
            throw .badCase(name, reason: error.description)
        }
    }
}
