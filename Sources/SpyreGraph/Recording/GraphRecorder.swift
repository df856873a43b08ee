import SpyreDevice

/// Records what a model function does to symbolic tensors. One recorder makes one graph; not shared between threads.
public final class GraphRecorder {
    public private(set) var graph = Graph()
    private let storage: (String) throws(GraphError) -> ScalarType

    /// - Parameter storage: how the weight matrix of a name is stored on the device.
    public init(storage: @escaping (String) throws(GraphError) -> ScalarType) {
        self.storage = storage
    }

    /// A value that whoever launches the graph provides, float32 or int32 `[rows, columns]`.
    public func input(_ name: String, _ type: TensorType) -> Tensor {
        record(Input(name: name), type: type)
    }

    /// A weight matrix `[outputs, columns]`.
    public func matrix(_ name: String, outputs: Int, columns: Int) throws(GraphError) -> Parameter {
        Parameter(name: name, outputs: outputs, columns: columns, type: try storage(name))
    }

    /// A weight vector, float32.
    public func vector(_ name: String, count: Int) -> Parameter {
        Parameter(name: name, columns: count)
    }

    /// Names a result that is read after a launch.
    public func output(_ name: String, _ tensor: Tensor) {
        graph.outputs[name] = tensor.value
    }

    func record(_ operation: any Operation, type: TensorType) -> Tensor {
        Tensor(recorder: self, value: graph.append(operation, type: type), type: type)
    }
}
