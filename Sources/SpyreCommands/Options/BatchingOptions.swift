import ArgumentParser
import Foundation
import SpyreExecutor
import SpyreScheduler

/// The scheduling policy and what it looks at, whether a model runs its steps or `spyre simulate` does. Defaults and
/// what else limits a step are those of whoever takes the options.
struct BatchingOptions: ParsableArguments {
    @Option(help: "Who runs in a step: mixed steps, the card's rules, or batches of fixed shapes.")
    var policy = PolicyName.continuous

    @Option(
        help: ArgumentHelp(
            "Tokens of a step, default: \(ExecutorOptions().maximumStepRows), in simulate "
                + "\(SchedulerOptions.defaultStepTokens); under spyre, of a chunk of a prompt, default: "
                + "\(SchedulerOptions.defaultChunkTokens).",
            valueName: "n"))
    var maxNumBatchedTokens: Int?

    @Flag(
        inversion: .prefixedNo,
        help: "Find the keys and values of prompts that were run before; default: yes, in bench throughput no.")
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

    /// - Parameter mostStepTokens: tokens of a step at most, whatever is asked for.
    func check(mostStepTokens: Int) throws(CommandFailure) {
        try ModelOptions.check("--max-num-batched-tokens", maxNumBatchedTokens, upTo: mostStepTokens)
        try ModelOptions.check("--long-prefill-token-threshold", longPrefillTokenThreshold, upTo: 1 << 24)
        try ModelOptions.check("--max-batch-tkv-limit", maxBatchTkvLimit, upTo: 1 << 48)
        try check("--warmup-shapes", isGiven: warmupShapes != nil, needs: .static)
        try check("--long-prefill-token-threshold", isGiven: longPrefillTokenThreshold != nil, needs: .continuous)
        try check("--max-batch-tkv-limit", isGiven: maxBatchTkvLimit != nil, needs: .spyre)
        try check("--enable-prefix-caching", isGiven: enablePrefixCaching == true, isNothingWith: .static)
    }

    /// An option of one policy would do nothing under another.
    func check(_ option: String, isGiven: Bool, needs needed: PolicyName) throws(CommandFailure) {
        guard isGiven, policy != needed else { return }
        throw .usage("\(option) needs --policy \(needed.rawValue)")
    }

    /// The same for an option of all policies but one.
    func check(_ option: String, isGiven: Bool, isNothingWith other: PolicyName) throws(CommandFailure) {
        guard isGiven, policy == other else { return }
        throw .usage("\(option) does nothing with --policy \(other.rawValue)")
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
}
