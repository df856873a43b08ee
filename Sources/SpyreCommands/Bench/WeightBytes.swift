import SpyreCheckpoint
import SpyreExecutor

/// How much device memory a checkpoint's tensors take when they are packed: what every decode step has to read, but for
/// the embedding's other rows. The rotary table, which is computed, is not in it.
enum WeightBytes {
    /// nil when a tensor has a type that cannot be packed.
    static func count(_ tensors: some Sequence<CheckpointTensor>, dtype: ModelDType) -> Int? {
        var total = 0
        for tensor in tensors {
            guard let bytes = bytes(tensor, dtype) else { return nil }
            total += bytes
        }
        return total
    }

    private static func bytes(_ tensor: CheckpointTensor, _ dtype: ModelDType) -> Int? {
        // Norms and biases are always float32.
        guard tensor.shape.count > 1 else { return 4 * tensor.elementCount }
        return dtype.storage(of: tensor.elementType)?
            .weightByteCount(outputs: tensor.rowCount, columns: tensor.columnCount)
    }
}
