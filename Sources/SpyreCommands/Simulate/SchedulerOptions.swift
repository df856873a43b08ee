import ArgumentParser
import Foundation
import SpyreScheduler

/// The limits of a scheduler, with vLLM's names.
struct SchedulerOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Requests that run at the same time.", valueName: "n")) var maxNumSeqs = 128
    @Option(
        help: ArgumentHelp("Tokens of a step; under spyre, of a chunk; default: 2048, 512.", valueName: "n"))
    var maxNumBatchedTokens: Int?
    @Option(help: ArgumentHelp("Tokens of a request, prompt and output together.", valueName: "n"))
    var maxModelLen = 2048
    @Option(
        help: ArgumentHelp("KV blocks; default: enough for all requests at full length.", valueName: "n"))
    var numGpuBlocksOverride: Int?
    @Option(help: ArgumentHelp("Tokens of a KV block.", valueName: "n")) var blockSize = 64
    @Flag(inversion: .prefixedNo, help: "Find prefixes that were computed before.") var enablePrefixCaching = true
    @Option(
        help: ArgumentHelp(
            "Shapes of static batches, prompt x new tokens x batch; default: VLLM_SPYRE_WARMUP_… or 64x20x1.",
            valueName: "shapes"))
    var warmupShapes: String?
    @Option(
        help: ArgumentHelp(
            "Under continuous: tokens of one prompt in a step at most.", valueName: "n"))
    var longPrefillTokenThreshold: Int?
    @Flag(help: "Under continuous: smaller priorities first.") var priorityScheduling = false
    @Flag(inversion: .prefixedNo, help: "Under continuous: prompts may be spread over steps.")
    var enableChunkedPrefill = true
    @Option(
        help: ArgumentHelp(
            "Under spyre: most of rows times cache length in a decode; default: VLLM_DT_MAX_BATCH_TKV_LIMIT or no limit.",
            valueName: "n"))
    var maxBatchTkvLimit: Int?

    func check() throws(CommandFailure) {
        try ModelOptions.check("--max-num-seqs", maxNumSeqs, upTo: 1 << 16)
        try ModelOptions.check("--max-num-batched-tokens", maxNumBatchedTokens, upTo: 1 << 24)
        try ModelOptions.check("--max-model-len", maxModelLen, upTo: 1 << 24)
        try ModelOptions.check("--num-gpu-blocks-override", numGpuBlocksOverride, from: 2, upTo: 1 << 24)
        try ModelOptions.check("--block-size", blockSize, upTo: 1 << 16)
        try ModelOptions.check("--long-prefill-token-threshold", longPrefillTokenThreshold, upTo: 1 << 24)
        try ModelOptions.check("--max-batch-tkv-limit", maxBatchTkvLimit, upTo: 1 << 48)
        guard numGpuBlocksOverride != nil || maxNumSeqs * (maxModelLen / blockSize + 1) <= 1 << 24 else {
            throw .usage("that many KV blocks are too many; give --num-gpu-blocks-override")
        }
    }

    /// Names and values of what a policy looks at, for people.
    func settings(_ policy: SimulatedPolicy) -> [(String, String)] {
        if policy == .static {
            return [("warmup shapes", ((try? shapes()) ?? []).map(\.description).joined(separator: ", "))]
        }
        let budget = maxNumBatchedTokens.map { "\($0)" } ?? "default"
        let common = [
            ("max-num-seqs", "\(maxNumSeqs)"), ("max-model-len", "\(maxModelLen)"),
            ("max-num-batched-tokens", budget), ("block-size", "\(blockSize)"),
            ("prefix caching", enablePrefixCaching ? "on" : "off"),
        ]
        let limit = maxBatchTkvLimit.map { [("max-batch-tkv-limit", "\($0)")] } ?? []
        return common + (policy == .spyre ? limit : [("order", priorityScheduling ? "priority" : "first come")])
    }

    /// The shapes of static batches, from the option, or from the plugin's variables of the environment.
    func shapes(
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(CommandFailure) -> [WarmupShape] {
        do throws(ConfigurationError) {
            guard let warmupShapes else { return try WarmupShape.list(environment: environment) }
            return try WarmupShape.list(warmupShapes)
        } catch {
            throw .usage(error.description)
        }
    }

    func staticPolicy() throws -> StaticPolicy {
        let shapes = try shapes()
        return try configured { () throws(ConfigurationError) in try StaticPolicy(shapes: shapes) }
    }

    func spyrePolicy(
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(CommandFailure) -> SpyrePolicy {
        try configured { () throws(ConfigurationError) in
            var limits = SpyreLimits(
                maximumSequences: maxNumSeqs, maximumModelLength: maxModelLen, chunkTokens: maxNumBatchedTokens ?? 512)
            try limits.apply(environment: environment)
            limits.batchTKVLimit = maxBatchTkvLimit ?? limits.batchTKVLimit
            let blocks = try limits.blockCount(override: numGpuBlocksOverride, blockTokens: blockSize)
            return try SpyrePolicy(
                limits: limits,
                pool: BlockPool(
                    blockCount: blocks, blockTokens: blockSize, cachesPrefixes: enablePrefixCaching, freedOrder: .first)
            )
        }
    }

    func continuousPolicy() throws(CommandFailure) -> ContinuousPolicy {
        try configured { () throws(ConfigurationError) in
            let limits = ContinuousLimits(
                order: priorityScheduling ? .priority : .firstCome, maximumSequences: maxNumSeqs,
                maximumStepTokens: maxNumBatchedTokens ?? max(2048, enableChunkedPrefill ? 0 : maxModelLen),
                maximumModelLength: maxModelLen, longPrefillTokens: longPrefillTokenThreshold,
                chunksPrompts: enableChunkedPrefill)
            let blocks = numGpuBlocksOverride ?? maxNumSeqs * ((maxModelLen + blockSize - 1) / blockSize) + 1
            return try ContinuousPolicy(
                limits: limits,
                pool: BlockPool(blockCount: blocks, blockTokens: blockSize, cachesPrefixes: enablePrefixCaching))
        }
    }

    private func configured<Value>(
        _ make: () throws(ConfigurationError) -> Value
    ) throws(CommandFailure) -> Value {
        do throws(ConfigurationError) {
            return try make()
        } catch {
            throw .usage(error.description)
        }
    }
}
