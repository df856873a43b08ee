import SpyreCheckpoint
import SpyreDevice
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
        return type(tensor.elementType, dtype)?
            .weightByteCount(outputs: tensor.rowCount, columns: tensor.columnCount)
    }

    /// What the executor makes of a matrix.
    static func type(_ type: ElementType, _ dtype: ModelDType) -> ScalarType? {
        switch dtype {
        case .float32: return .float32
        case .bfloat16: return .bfloat16
        case .auto: break
        }
        switch type {
        case .float32, .float16: return .float32
        case .bfloat16: return .bfloat16
        case .q8_0: return .q8_0
        case .q4_0, .q4_1: return .q4_1
        default: return nil
        }
    }
}
