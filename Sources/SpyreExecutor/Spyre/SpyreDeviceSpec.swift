import SpyreCheckpoint

/// The Spyre device: here the host's processor behind the device ABI.
public enum SpyreDeviceSpec: DeviceSpec {
    public static func check(_ options: ExecutorOptions, for checkpoint: Checkpoint) throws(ExecutorError) {
        let positions = checkpoint.configuration.maximumPositions
        if let length = options.maximumModelLength, length < 1 || length > positions {
            throw .invalidOption(
                name: "--max-model-len", reason: "\(length) is not in 1...\(positions), which the model was made for")
        }
        if let threads = options.threads, threads < 1 || threads > 1024 {
            throw .invalidOption(name: "--threads", reason: "\(threads) is not in 1...1024")
        }
        guard (1...ExecutorOptions.greatestSequences).contains(options.maximumSequences) else {
            throw .invalidOption(
                name: "--max-num-seqs",
                reason: "\(options.maximumSequences) is not in 1...\(ExecutorOptions.greatestSequences)")
        }
        guard (1...ExecutorOptions.greatestStepRows).contains(options.maximumStepRows) else {
            throw .invalidOption(
                name: "--max-num-batched-tokens",
                reason: "\(options.maximumStepRows) is not in 1...\(ExecutorOptions.greatestStepRows)")
        }
        let size = checkpoint.configuration.headSize
        guard size % 16 == 0, size <= 256 else {
            throw .unsupportedModel("heads of \(size) elements; there are kernels for multiples of 16 up to 256")
        }
    }

    public static func makeWorker(
        checkpoint: Checkpoint, options: ExecutorOptions, progress: ((WarmUpProgress) -> Void)?
    ) throws(ExecutorError) -> SpyreWorker {
        try SpyreWorker(checkpoint: checkpoint, options: options, progress: progress)
    }
}
