import ArgumentParser
import Foundation
import SpyreExecutor
import SpyreScheduler

/// The limits of a scheduler, with vLLM's names.
struct SchedulerOptions: ParsableArguments {
    /// vLLM's: no executor runs the steps and limits them.
    static let defaultStepTokens = 2048
    static let defaultChunkTokens = ExecutorOptions().maximumStepRows

    @OptionGroup var batching: BatchingOptions
    @Option(help: ArgumentHelp("Requests that run at the same time.", valueName: "n")) var maxNumSeqs = 128
    @Option(help: ArgumentHelp("Tokens of a request, prompt and output together.", valueName: "n"))
    var maxModelLen = 2048
    @Option(
        help: ArgumentHelp("KV blocks; default: enough for all requests at full length.", valueName: "n"))
    var numGpuBlocksOverride: Int?
    @Option(help: ArgumentHelp("Tokens of a KV block.", valueName: "n")) var blockSize = 64
    @Flag(help: "Under continuous: smaller priorities first.") var priorityScheduling = false
    @Flag(inversion: .prefixedNo, help: "Under continuous: prompts may be spread over steps.")
    var enableChunkedPrefill = true

    var policy: PolicyName { batching.policy }
    private var cachesPrefixes: Bool { batching.enablePrefixCaching ?? true }

    func check() throws(CommandFailure) {
        try ModelOptions.check("--max-num-seqs", maxNumSeqs, upTo: 1 << 16)
        try batching.check(mostStepTokens: 1 << 24)
        try ModelOptions.check("--max-model-len", maxModelLen, upTo: 1 << 24)
        try ModelOptions.check("--num-gpu-blocks-override", numGpuBlocksOverride, from: 2, upTo: 1 << 24)
        try ModelOptions.check("--block-size", blockSize, upTo: 1 << 16)
        try batching.check(
            "--max-num-batched-tokens", isGiven: batching.maxNumBatchedTokens != nil, isNothingWith: .static)
        try batching.check("--priority-scheduling", isGiven: priorityScheduling, needs: .continuous)
        try batching.check("--no-enable-chunked-prefill", isGiven: !enableChunkedPrefill, needs: .continuous)
        guard numGpuBlocksOverride != nil || maxNumSeqs * (maxModelLen / blockSize + 1) <= 1 << 24 else {
            throw .usage("that many KV blocks are too many; give --num-gpu-blocks-override")
        }
    }

    /// Names and values of what a policy looks at, for people.
    var settings: [(String, String)] {
        if policy == .static {
            return [("warmup shapes", ((try? batching.shapes()) ?? []).map(\.description).joined(separator: ", "))]
        }
        let budget = batching.maxNumBatchedTokens.map { "\($0)" } ?? "default"
        let common = [
            ("max-num-seqs", "\(maxNumSeqs)"), ("max-model-len", "\(maxModelLen)"),
            ("max-num-batched-tokens", budget), ("block-size", "\(blockSize)"),
            ("prefix caching", cachesPrefixes ? "on" : "off"),
        ]
        let limit = batching.maxBatchTkvLimit.map { [("max-batch-tkv-limit", "\($0)")] } ?? []
        return common + (policy == .spyre ? limit : [("order", priorityScheduling ? "priority" : "first come")])
    }

    func staticPolicy() throws -> StaticPolicy {
        let shapes = try batching.shapes()
        return try configured { () throws(ConfigurationError) in try StaticPolicy(shapes: shapes) }
    }

    func spyrePolicy(
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(CommandFailure) -> SpyrePolicy {
        try configured { () throws(ConfigurationError) in
            var limits = SpyreLimits(
                maximumSequences: maxNumSeqs, maximumModelLength: maxModelLen,
                chunkTokens: batching.maxNumBatchedTokens ?? Self.defaultChunkTokens)
            try limits.apply(environment: environment)
            limits.batchTKVLimit = batching.maxBatchTkvLimit ?? limits.batchTKVLimit
            let blocks = try limits.blockCount(override: numGpuBlocksOverride, blockTokens: blockSize)
            return try SpyrePolicy(
                limits: limits,
                pool: BlockPool(
                    blockCount: blocks, blockTokens: blockSize, cachesPrefixes: cachesPrefixes, freedOrder: .first)
            )
        }
    }

    func continuousPolicy() throws(CommandFailure) -> ContinuousPolicy {
        try configured { () throws(ConfigurationError) in
            let limits = ContinuousLimits(
                order: priorityScheduling ? .priority : .firstCome, maximumSequences: maxNumSeqs,
                maximumStepTokens: batching.maxNumBatchedTokens
                    ?? max(Self.defaultStepTokens, enableChunkedPrefill ? 0 : maxModelLen),
                maximumModelLength: maxModelLen, longPrefillTokens: batching.longPrefillTokenThreshold,
                chunksPrompts: enableChunkedPrefill)
            let blocks = numGpuBlocksOverride ?? maxNumSeqs * ((maxModelLen + blockSize - 1) / blockSize) + 1
            return try ContinuousPolicy(
                limits: limits,
                pool: BlockPool(blockCount: blocks, blockTokens: blockSize, cachesPrefixes: cachesPrefixes))
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
