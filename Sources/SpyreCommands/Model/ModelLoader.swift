import Logging
import SpyreEngine
import SpyreExecutor

/// Loads models for commands, with progress on standard error.
enum ModelLoader {
    /// An engine that is ready, and how long that took.
    static func engine(_ options: ModelOptions, quiet: Bool) throws -> LLM {
        let reporter = ProgressReporter(quiet: quiet)
        defer { reporter.finish() }
        let logger = Logger(label: "spyre.model")
        let start = ContinuousClock.now
        let path = try ModelStore().resolve(options.model)
        logger.debug("loading", metadata: ["path": "\(path)"])
        let engine = try LLM(model: path, options: options.executorOptions) { reporter.report(ProgressBar($0)) }
        engine.samplingLimits = offlineLimits(engine.limits)
        logger.debug("ready", metadata: ["time": "\(ContinuousClock.now - start)", "limits": "\(engine.limits)"])
        return engine
    }

    /// The defaults protect a server; who types the command pays for it alone.
    static func offlineLimits(_ limits: ExecutorLimits) -> SamplingLimits {
        var wide = SamplingLimits()
        wide.maximumSequences = 1024
        wide.maximumLogprobs = limits.vocabularySize
        wide.maximumStopStrings = 1024
        wide.maximumStopTokens = limits.vocabularySize
        wide.maximumStringBytes = 64 << 10
        wide.maximumBadWords = 64 << 10
        wide.maximumLogitBiases = limits.vocabularySize
        return wide
    }
}
