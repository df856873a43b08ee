/// Linears of one input, such as query, key and value, become one linear with stacked weights; each reader gets its
/// columns. Weights of different storage types stay apart.
struct FuseParallelLinears: GraphPass {
    static let name = "fuse_parallel_linears"

    /// What linears must have in common.
    private struct Key: Hashable {
        var input: Value
        var weightType: String
    }

    func run(on graph: inout Graph) {
        var groups: [Key: [Node]] = [:]
        for node in graph.nodes { if let key = Self.key(of: node) { groups[key, default: []].append(node) } }
        var fusedValues: [Key: Value] = [:]
        graph.rewrite { node, editor in
            guard let key = Self.key(of: node), let members = groups[key], members.count > 1 else { return node }
            if fusedValues[key] == nil { fusedValues[key] = Self.append(members, key, &editor) }
            guard let fused = fusedValues[key], let linear = node.operation as? Linear else { return node }
            let before = members.prefix { $0.value != node.value }
            var node = node
            node.operation = Columns(
                input: fused, first: before.reduce(0) { $0 + $1.type.columns }, count: linear.resultColumns)
            return node
        }
    }

    private static func key(of node: Node) -> Key? {
        guard let linear = node.operation as? Linear, linear.isPlain, let part = linear.parts.first else { return nil }
        return Key(input: linear.input, weightType: part.weight.type.description)
    }

    private static func append(_ members: [Node], _ key: Key, _ editor: inout GraphEditor) -> Value {
        let parts = members.flatMap { ($0.operation as? Linear)?.parts ?? [] }
        let fused = Linear(input: key.input, parts: parts)
        var type = members[0].type
        type.columns = fused.resultColumns
        return editor.append(fused, type: type)
    }
}
