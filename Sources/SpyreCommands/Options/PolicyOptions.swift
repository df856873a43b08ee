import ArgumentParser
import Foundation
import SpyreEngine
import SpyreExecutor
import SpyreScheduler

/// How requests share the model. The same options on every command that runs several.
struct PolicyOptions: ParsableArguments {
    @Option(help: "Who runs in a step: mixed steps, the card's rules, or batches of fixed shapes.")
    var policy = SimulatedPolicy.continuous

    @Option(
        help: ArgumentHelp(
            "Tokens of a step; under spyre, of a chunk of a prompt; default: \(ExecutorOptions().maximumStepRows).",
            valueName: "n"))
    var maxNumBatchedTokens: Int?

    /// Commands that measure have another default than those that answer.
    @Flag(inversion: .prefixedNo, help: "Keep the keys and values of prompts, and find them again.")
    var enablePrefixCaching: Bool?

    @Option(
        help: ArgumentHelp(
            "Under static: shapes of batches, prompt x new tokens x batch, such as 64x20x4,128x20x2; default: "
                + "VLLM_SPYRE_WARMUP_… or 64x20x1.", valueName: "shapes"))
    var warmupShapes: String?

    @Option(help: ArgumentHelp("Under continuous: tokens of one prompt in a step at most.", valueName: "n"))
    var longPrefillTokenThreshold: Int?

    @Option(
        help: ArgumentHelp(
            "Under spyre: most of rows times cache length in a decode; default: VLLM_DT_MAX_BATCH_TKV_LIMIT or no limit.",
            valueName: "n"))
    var maxBatchTkvLimit: Int?

    /// - Parameter sequences: those that the user asks for at a time, or nil.
    func check(sequences: Int?) throws(CommandFailure) {
        try ModelOptions.check("--max-num-batched-tokens", maxNumBatchedTokens, upTo: ExecutorOptions.greatestStepRows)
        try ModelOptions.check("--long-prefill-token-threshold", longPrefillTokenThreshold, upTo: 1 << 24)
        try ModelOptions.check("--max-batch-tkv-limit", maxBatchTkvLimit, upTo: 1 << 48)
        try Self.check("--warmup-shapes", isGiven: warmupShapes != nil, policy, is: .static)
        try Self.check(
            "--long-prefill-token-threshold", isGiven: longPrefillTokenThreshold != nil, policy, is: .continuous)
        try Self.check("--max-batch-tkv-limit", isGiven: maxBatchTkvLimit != nil, policy, is: .spyre)
        guard policy != .static || enablePrefixCaching != true else {
            throw .usage("--enable-prefix-caching does nothing with --policy static")
        }
        if policy == .spyre, let tokens = maxNumBatchedTokens, tokens % ExecutorLimits.blockTokens != 0 {
            throw .usage(
                "--max-num-batched-tokens must be a multiple of \(ExecutorLimits.blockTokens) with --policy spyre, "
                    + "got \(tokens)")
        }
        let configuration = try configuration()
        do throws(ConfigurationError) {
            try configuration.check()
        } catch {
            throw .usage(error.description)
        }
        try checkRoom(configuration, sequences: sequences)
    }

    /// What a user asks for is not changed in silence.
    private func checkRoom(_ configuration: SchedulingConfiguration, sequences: Int?) throws(CommandFailure) {
        switch configuration.policy {
        case .spyre: return
        case .continuous:
            let sequences = sequences ?? ModelOptions.defaultSequences
            guard let maxNumBatchedTokens, maxNumBatchedTokens < sequences else { return }
            throw .usage(
                "--max-num-batched-tokens \(maxNumBatchedTokens) has no room for one token of each of \(sequences) "
                    + "sequences; raise it or lower --max-num-seqs")
        case .staticBatches(let shapes):
            for shape in shapes {
                if let sequences, sequences < shape.batchSize {
                    throw .usage("warmup shape \(shape) needs --max-num-seqs \(shape.batchSize), got \(sequences)")
                }
                let rows = shape.promptLength * shape.batchSize
                if let maxNumBatchedTokens, maxNumBatchedTokens < rows {
                    throw .usage(
                        "warmup shape \(shape) needs --max-num-batched-tokens \(rows), got \(maxNumBatchedTokens)")
                }
            }
        }
    }

    /// An option of one policy would do nothing under another.
    private static func check(
        _ option: String, isGiven: Bool, _ policy: SimulatedPolicy, is needed: SimulatedPolicy
    ) throws(CommandFailure) {
        guard isGiven, policy != needed else { return }
        throw .usage("\(option) needs --policy \(needed.rawValue)")
    }

    /// - Parameter cachesPrefixes: where the user does not say.
    func configuration(
        cachesPrefixes: Bool = true, environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(CommandFailure) -> SchedulingConfiguration {
        SchedulingConfiguration(
            policy: try chosenPolicy(environment), cachesPrefixes: enablePrefixCaching ?? cachesPrefixes,
            longPrefillTokens: longPrefillTokenThreshold, chunkTokens: maxNumBatchedTokens,
            batchTKVLimit: maxBatchTkvLimit, environment: environment)
    }

    private func chosenPolicy(
        _ environment: [String: String]
    ) throws(CommandFailure) -> SchedulingConfiguration.Policy {
        switch policy {
        case .continuous: return .continuous
        case .spyre: return .spyre
        case .static:
            do throws(ConfigurationError) {
                guard let warmupShapes else { return .staticBatches(try WarmupShape.list(environment: environment)) }
                return .staticBatches(try WarmupShape.list(warmupShapes))
            } catch {
                throw .usage(error.description)
            }
        }
    }

    /// The executor's options with the step that was asked for.
    func apply(to options: inout ExecutorOptions) {
        options.maximumStepRows = maxNumBatchedTokens ?? options.maximumStepRows
    }
}
