@testable import SpyreCheckpoint

/// All canonical tensors with their bytes, to compare two readings.
struct TensorSnapshot: Equatable {
    struct Content: Equatable {
        let type: ElementType
        let shape: [Int]
        let bytes: [UInt8]
    }

    let tensors: [String: Content]

    init(_ checkpoint: Checkpoint) {
        tensors = checkpoint.tensors.mapValues { tensor in
            Content(
                type: tensor.elementType, shape: tensor.shape,
                bytes: checkpoint.withBytes(of: tensor) { Array($0) })
        }
    }
}
