import Logging
import SpyreEngine

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
        engine.samplingLimits = .offline(vocabularySize: engine.limits.vocabularySize)
        logger.debug("ready", metadata: ["time": "\(ContinuousClock.now - start)", "limits": "\(engine.limits)"])
        return engine
    }
}
