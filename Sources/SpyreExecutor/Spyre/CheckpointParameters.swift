import FMS
import SpyreCheckpoint
import SpyreDevice
import SpyreGraph

/// The weights of a checkpoint as a graph's parameters, stored as the chosen dtype asks.
final class CheckpointParameters: ParameterSource {
    private let checkpoint: Checkpoint
    private let dtype: ModelDType
    private let rotaryPositions: Int

    /// - Parameter rotaryPositions: rows of the rotary table, which is computed, not read.
    init(_ checkpoint: Checkpoint, dtype: ModelDType, rotaryPositions: Int) {
        self.checkpoint = checkpoint
        self.dtype = dtype
        self.rotaryPositions = rotaryPositions
    }

    /// How a weight matrix is stored on the device.
    func storage(of name: String) throws(GraphError) -> ScalarType {
        let tensor = try tensor(name)
        switch dtype {
        case .float32: return .float32
        case .bfloat16: return .bfloat16
        case .auto: break
        }
        switch tensor.elementType {
        // float16 has no kernel of its own yet; float32 holds every value of it.
        case .float32, .float16: return .float32
        case .bfloat16: return .bfloat16
        case .q8_0: return .q8_0
        // A Q4_0 weight (q - 8) * d is the Q4_1 weight q * d + (-8 d).
        case .q4_1, .q4_0: return .q4_1
        default:
            throw .parameter(
                name: name, reason: "has type \(tensor.elementType.rawValue), for which there is no kernel")
        }
    }

    func withMatrix(
        _ parameter: Parameter, _ body: (UnsafeRawBufferPointer, SourceType) throws(GraphError) -> Void
    ) throws(GraphError) {
        let tensor = try tensor(parameter.name)
        guard tensor.shape == [parameter.outputs, parameter.columns] else {
            throw .parameter(
                name: parameter.name,
                reason: "has shape \(tensor.shape), expected \([parameter.outputs, parameter.columns])")
        }
        try checkpoint.withBytes(of: tensor) { bytes throws(GraphError) in
            switch tensor.elementType {
            case .float32: try body(bytes, .float32)
            case .float16: try body(bytes, .float16)
            case .bfloat16: try body(bytes, .bfloat16)
            case .q8_0: try body(bytes, .q8_0)
            case .q4_1: try body(bytes, .q4_1)
            case .q4_0:
                let widened = Q4Transcoder.q4_1(fromQ4_0: bytes)
                var failure: GraphError?
                widened.withUnsafeBytes { bytes in
                    do throws(GraphError) { try body(bytes, .q4_1) } catch { failure = error }
                }
                if let failure { throw failure }
            default:
                throw .parameter(
                    name: parameter.name,
                    reason: "has type \(tensor.elementType.rawValue), which cannot be converted")
            }
        }
    }

    func vector(_ name: String) throws(GraphError) -> [Float] {
        if name == RotaryTable.name {
            return RotaryTable.make(checkpoint.configuration, positions: rotaryPositions)
        }
        let tensor = try tensor(name)
        do {
            return try checkpoint.floats(of: tensor)
        } catch {
            throw .parameter(name: name, reason: "\(error)")
        }
    }

    private func tensor(_ name: String) throws(GraphError) -> CheckpointTensor {
        guard let tensor = checkpoint.tensors[name] else {
            throw .parameter(name: name, reason: "is not in \(checkpoint.path)")
        }
        return tensor
    }
}
