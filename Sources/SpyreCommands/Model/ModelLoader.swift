import Logging
import SpyreEngine
import SpyreExecutor

/// Loads models for commands, with progress on standard error.
enum ModelLoader {
    /// An engine that is ready.
    ///
    /// - Parameter executorOptions: in place of those of `options`.
    static func engine(
        _ options: ModelOptions, _ executorOptions: ExecutorOptions? = nil,
        scheduling: SchedulingConfiguration = SchedulingConfiguration(), quiet: Bool
    ) throws -> LLM {
        let reporter = ProgressReporter(quiet: quiet)
        defer { reporter.finish() }
        let logger = Logger(label: "spyre.model")
        let start = ContinuousClock.now
        let path = try ModelStore().resolve(options.model)
        logger.debug("loading", metadata: ["path": "\(path)"])
        let engine = try LLM(
            model: path, options: executorOptions ?? options.executorOptions, scheduling: scheduling
        ) { reporter.report(ProgressBar($0)) }
        engine.samplingLimits = .offline(vocabularySize: engine.limits.vocabularySize)
        logger.debug("ready", metadata: ["time": "\(ContinuousClock.now - start)", "limits": "\(engine.limits)"])
        KVCacheNotice(engine.limits, type: options.kvCacheType).write(after: reporter, quiet: quiet)
        return engine
    }
}
