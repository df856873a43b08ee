/// Runs a model on one device. An executor drives one worker in this process, or one in each of several.
public protocol Worker: AnyObject {
    var limits: ExecutorLimits { get }
    var compilationsAfterWarmUp: Int { get }

    /// Compiles every program that requests will need and runs the device once.
    func warmUp(progress: ((WarmUpProgress) -> Void)?) throws(ExecutorError)

    /// As `Executor.execute`.
    func execute(_ batch: ForwardBatch, logits: UnsafeMutableBufferPointer<Float>) throws(ExecutorError)
}
