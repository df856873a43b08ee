import SpyreCheckpoint
import SpyreExecutor

/// How much memory a model's weights take, padding of the device's layout aside: what every decode step has to read.
enum WeightBytes {
    static func count(_ checkpoint: Checkpoint, dtype: ModelDType) -> Int {
        checkpoint.tensors.values.reduce(0) { $0 + bytes($1, dtype) }
    }

    private static func bytes(_ tensor: CheckpointTensor, _ dtype: ModelDType) -> Int {
        // Norms and biases are always float32.
        guard tensor.shape.count > 1 else { return 4 * tensor.elementCount }
        switch dtype {
        case .float32: return 4 * tensor.elementCount
        case .bfloat16: return 2 * tensor.elementCount
        case .auto: return tensor.byteCount
        }
    }
}
