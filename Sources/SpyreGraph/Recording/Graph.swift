/// A recorded computation: nodes in an order in which they can run, each value defined once before it is read.
public struct Graph: Sendable {
    public private(set) var nodes: [Node]
    /// What whoever launches the graph reads afterwards.
    public var outputs: [String: Value]
    private var nextID: Int

    public init() {
        nodes = []
        outputs = [:]
        nextID = 0
    }

    /// Appends an op and names its result.
    public mutating func append(_ operation: any Operation, type: TensorType) -> Value {
        let value = Value(id: nextID)
        nextID += 1
        nodes.append(Node(value: value, type: type, operation: operation))
        return value
    }

    /// Position of the node that defines each value.
    public func definitions() -> [Value: Int] {
        var positions: [Value: Int] = [:]
        for (index, node) in nodes.enumerated() { positions[node.value] = index }
        return positions
    }

    /// How often each value is read, outputs included.
    public func useCounts() -> [Value: Int] {
        var counts: [Value: Int] = [:]
        for node in nodes { for operand in node.operation.operands { counts[operand, default: 0] += 1 } }
        for value in outputs.values { counts[value, default: 0] += 1 }
        return counts
    }

    /// Rebuilds the node list: `body` gets each node in order and returns what stands in its place. A replacement
    /// keeps the value of the node that it replaces; `append` on the editor adds new ones before it.
    package mutating func rewrite(_ body: (Node, inout GraphEditor) -> Node?) {
        var editor = GraphEditor(nextID: nextID)
        for node in nodes {
            if let replacement = body(node, &editor) { editor.nodes.append(replacement) }
        }
        nodes = editor.nodes
        nextID = editor.nextID
    }

    /// Reads `replacements[v]` wherever `v` was read.
    package mutating func replaceUses(_ replacements: [Value: Value]) {
        func resolve(_ value: Value) -> Value {
            var value = value
            while let next = replacements[value] { value = next }
            return value
        }
        for index in nodes.indices { nodes[index].operation.mapOperands(resolve) }
        outputs = outputs.mapValues(resolve)
    }
}
