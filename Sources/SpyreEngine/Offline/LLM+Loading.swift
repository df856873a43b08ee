import SpyreCheckpoint
import SpyreExecutor
import SpyreScheduler

extension LLM {
    /// Loads a model and warms it up: all programs are compiled when this returns.
    ///
    /// - Parameters:
    ///   - model: a directory (config.json, *.safetensors, tokenizer.json), a .gguf file, or a known name.
    ///   - options: how the model runs.
    ///   - scheduling: how requests share it.
    ///   - progress: called while weights are packed and programs compiled.
    /// - Throws: `ModelStoreError`, `CheckpointError`, `TokenizerError`, `ExecutorError`, or
    ///   `EngineError.configuration` for a scheduling that the model has no room for; each prints as one line.
    public convenience init(
        model: String = ModelStore.defaultModel, options: ExecutorOptions = ExecutorOptions(),
        scheduling: SchedulingConfiguration = SchedulingConfiguration(), progress: ((WarmUpProgress) -> Void)? = nil
    ) throws {
        try Self.check(scheduling)
        var options = options
        scheduling.adapt(&options)
        let checkpoint = try Checkpoint.open(try ModelStore().resolve(model))
        let tokenizer = try TokenizerLoader.load(checkpoint)
        let executor = try SpyreExecutor(checkpoint: checkpoint, options: options, progress: progress)
        self.init(
            executor: executor, tokenizer: tokenizer, configuration: checkpoint.configuration, scheduling: scheduling)
        try prepareScheduler()
    }

    private static func check(_ scheduling: SchedulingConfiguration) throws(EngineError) {
        do throws(ConfigurationError) {
            try scheduling.check()
        } catch {
            throw .configuration(error)
        }
    }
}
