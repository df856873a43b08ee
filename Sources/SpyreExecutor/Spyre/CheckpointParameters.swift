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
        guard let type = dtype.storage(of: tensor.elementType) else {
            let advice =
                tensor.elementType.sourceType == nil
                ? "which cannot be loaded" : "for which there is no kernel; --dtype bfloat16 or float32 expands it"
            throw .parameter(name: name, reason: "has type \(tensor.elementType.rawValue), \(advice)")
        }
        return type
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
        guard let type = tensor.elementType.sourceType else {
            throw .parameter(
                name: parameter.name, reason: "has type \(tensor.elementType.rawValue), which cannot be converted")
        }
        try checkpoint.withBytes(of: tensor) { bytes throws(GraphError) in try body(bytes, type) }
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
