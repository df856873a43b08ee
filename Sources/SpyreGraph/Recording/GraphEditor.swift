/// The node list that a rewrite builds.
package struct GraphEditor {
    var nodes: [Node] = []
    var nextID: Int

    /// Adds a node before the one that is being rewritten.
    package mutating func append(_ operation: any Operation, type: TensorType) -> Value {
        let value = Value(id: nextID)
        nextID += 1
        nodes.append(Node(value: value, type: type, operation: operation))
        return value
    }
}
