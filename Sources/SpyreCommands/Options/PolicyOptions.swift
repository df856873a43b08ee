import ArgumentParser
import Foundation
import SpyreEngine
import SpyreExecutor
import SpyreScheduler

/// How requests share a model that is loaded. The same options on every command that runs several.
struct PolicyOptions: ParsableArguments {
    @OptionGroup var batching: BatchingOptions

    var policy: PolicyName { batching.policy }
    private var stepTokens: Int? { batching.maxNumBatchedTokens }

    /// - Parameter sequences: those that the user asks for at a time, or nil.
    func check(sequences: Int?) throws(CommandFailure) {
        try batching.check(mostStepTokens: ExecutorOptions.greatestStepRows)
        if policy == .spyre, let tokens = stepTokens, tokens % ExecutorLimits.blockTokens != 0 {
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
            guard let stepTokens, stepTokens < sequences else { return }
            throw .usage(
                "--max-num-batched-tokens \(stepTokens) has no room for one token of each of \(sequences) "
                    + "sequences; raise it or lower --max-num-seqs")
        case .staticBatches(let shapes):
            for shape in shapes {
                if let sequences, sequences < shape.batchSize {
                    throw .usage("warmup shape \(shape) needs --max-num-seqs \(shape.batchSize), got \(sequences)")
                }
                let rows = shape.promptLength * shape.batchSize
                if let stepTokens, stepTokens < rows {
                    throw .usage("warmup shape \(shape) needs --max-num-batched-tokens \(rows), got \(stepTokens)")
                }
            }
        }
    }

    /// - Parameter cachesPrefixes: where the user does not say.
    func configuration(
        cachesPrefixes: Bool = true, environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(CommandFailure) -> SchedulingConfiguration {
        SchedulingConfiguration(
            policy: try chosenPolicy(environment), cachesPrefixes: batching.enablePrefixCaching ?? cachesPrefixes,
            longPrefillTokens: batching.longPrefillTokenThreshold, chunkTokens: stepTokens,
            batchTKVLimit: batching.maxBatchTkvLimit, environment: environment)
    }

    private func chosenPolicy(
        _ environment: [String: String]
    ) throws(CommandFailure) -> SchedulingConfiguration.Policy {
        switch policy {
        case .continuous: .continuous
        case .spyre: .spyre
        case .static: .staticBatches(try batching.shapes(environment: environment))
        }
    }

    /// The executor's options with the step that was asked for.
    func apply(to options: inout ExecutorOptions) {
        options.maximumStepRows = stepTokens ?? options.maximumStepRows
    }
}
