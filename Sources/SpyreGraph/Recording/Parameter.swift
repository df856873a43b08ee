import SpyreDevice

/// A weight of the model as a graph names it. Its contents are bound when the graph is compiled.
public struct Parameter: Hashable, Sendable, CustomStringConvertible {
    /// Canonical name, such as `base_model.layers.0.attn.dense.weight`.
    public let name: String
    /// Output features of a matrix; 1 for a vector.
    public let outputs: Int
    /// Input features of a matrix; elements of a vector.
    public let columns: Int
    /// How a matrix is stored on the device. Vectors are float32.
    public let type: ScalarType

    public init(name: String, outputs: Int = 1, columns: Int, type: ScalarType = .float32) {
        self.name = name
        self.outputs = outputs
        self.columns = columns
        self.type = type
    }

    public var description: String { name }

    /// `name Q4_1[576, 576]`, for printed graphs.
    var printed: String { "\(name) \(type)[\(outputs), \(columns)]" }
}
