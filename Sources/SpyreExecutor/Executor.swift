/// Runs a model's steps, in one process or in many. One thread at a time.
public protocol Executor: AnyObject {
    var limits: ExecutorLimits { get }

    /// Programs compiled since warm-up ended: 0 unless something is wrong.
    var compilationsAfterWarmUp: Int { get }

    /// Runs one step and writes the logits of `batch.logitRows`, float32 `[logitRows][vocabularySize]`, to `logits`,
    /// which has room for them. Nothing has run when the batch is refused.
    func execute(_ batch: ForwardBatch, logits: UnsafeMutableBufferPointer<Float>) throws(ExecutorError)
}
