import SpyreCheckpoint

/// An executor with one worker in this process.
public final class UniprocExecutor<Spec: DeviceSpec>: Executor {
    private let worker: Spec.DeviceWorker

    /// Loads the weights and warms up; the executor is ready on return.
    public init(
        checkpoint: Checkpoint, options: ExecutorOptions = ExecutorOptions(),
        progress: ((WarmUpProgress) -> Void)? = nil
    ) throws(ExecutorError) {
        try Spec.check(options, for: checkpoint)
        worker = try Spec.makeWorker(checkpoint: checkpoint, options: options, progress: progress)
        try worker.warmUp(progress: progress)
    }

    public var limits: ExecutorLimits { worker.limits }
    public var compilationsAfterWarmUp: Int { worker.compilationsAfterWarmUp }

    public func execute(_ batch: ForwardBatch, logits: UnsafeMutableBufferPointer<Float>) throws(ExecutorError) {
        try worker.execute(batch, logits: logits)
    }
}
