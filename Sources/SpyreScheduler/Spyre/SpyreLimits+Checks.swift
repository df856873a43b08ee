extension SpyreLimits {
    func check(blockTokens: Int) throws(ConfigurationError) {
        let counts = 1...ConfigurationError.greatestCount
        try ConfigurationError.check("max-num-seqs", maximumSequences, 1...(1 << 16))
        try ConfigurationError.check("max-model-len", maximumModelLength, counts)
        try ConfigurationError.check("max-num-batched-tokens", chunkTokens, counts)
        try ConfigurationError.check("VLLM_DT_MAX_BATCH_TKV_LIMIT", batchTKVLimit, 1...(1 << 48))
        guard chunkTokens % blockTokens == 0 else {
            throw .chunkNotWholeBlocks(chunk: chunkTokens, blockTokens: blockTokens)
        }
    }

    /// KV blocks, the padding block included, as the plugin counts them: enough for all sequences at full length,
    /// rounded up to a multiple of the sequences; or a given number, rounded down to one.
    ///
    /// - Throws: `tooFewBlocks` when not even what the batch limit allows has room.
    public func blockCount(override count: Int? = nil, blockTokens: Int = 64) throws(ConfigurationError) -> Int {
        try check(blockTokens: blockTokens)
        let full = maximumSequences * (maximumModelLength / blockTokens)
        guard let count else { return (full + maximumSequences) / maximumSequences * maximumSequences }
        let rounded = max(0, count) / maximumSequences * maximumSequences
        let needed = min(full, batchTKVLimit / blockTokens) + 1
        guard rounded >= needed else { throw .tooFewBlocks(needed: needed, capacity: rounded) }
        return rounded
    }

    /// Takes what the plugin's variables of the environment say: `VLLM_DT_MAX_BATCH_TKV_LIMIT`,
    /// `SENDNN_INFERENCE_CP_INTERLEAVE_STEPS`, `SENDNN_INFERENCE_PAUSING_ENABLED` and `SENDNN_INFERENCE_LONG_OUT_PRIO`.
    public mutating func apply(environment: [String: String]) throws(ConfigurationError) {
        let limit = "VLLM_DT_MAX_BATCH_TKV_LIMIT"
        if let text = environment[limit], !text.isEmpty {
            guard let value = Int(text), value > 0 else {
                throw .unreadableVariable(name: limit, value: text, expected: "a number of at least 1")
            }
            batchTKVLimit = value
        }
        interleaves = try Self.flag("CP_INTERLEAVE_STEPS", environment) ?? interleaves
        pauses = try Self.flag("PAUSING_ENABLED", environment) ?? pauses
        favoursLongOutputs = try Self.flag("LONG_OUT_PRIO", environment) ?? favoursLongOutputs
    }

    private static func flag(
        _ name: String, _ environment: [String: String]
    ) throws(ConfigurationError) -> Bool? {
        let name = "SENDNN_INFERENCE_" + name
        switch environment[name] {
        case nil, "": return nil
        case "0": return false
        case "1": return true
        case .some(let value): throw .unreadableVariable(name: name, value: value, expected: "0 or 1")
        }
    }
}
