import SpyreCheckpoint

/// What an executor has to know about a kind of device; the executors are generic over it.
public protocol DeviceSpec {
    associatedtype DeviceWorker: Worker

    /// Refuses options that the device cannot have, before anything is loaded.
    static func check(_ options: ExecutorOptions, for checkpoint: Checkpoint) throws(ExecutorError)
    /// Makes the worker of one rank and loads its weights.
    static func makeWorker(
        checkpoint: Checkpoint, options: ExecutorOptions, progress: ((WarmUpProgress) -> Void)?
    ) throws(ExecutorError) -> DeviceWorker
}
