/// Linears of one input, such as query, key and value, become one linear with stacked weights; each reader gets its
/// columns. Where one of them is stored in another type than the rest, or takes its input in other terms, all stay apart:
/// the readers of some of the columns and of a separate result would have different row strides, which the KV write does
/// not take.
struct FuseParallelLinears: GraphPass {
    static let name = "fuse_parallel_linears"

    func run(on graph: inout Graph) {
        var groups: [Value: [Node]] = [:]
        for node in graph.nodes {
            if let linear = Self.plainLinear(node) { groups[linear.input, default: []].append(node) }
        }
        groups = groups.filter { $0.value.count > 1 && Self.areAlike($0.value) }
        var fusedValues: [Value: Value] = [:]
        graph.rewrite { node, editor in
            guard let linear = Self.plainLinear(node), let members = groups[linear.input] else { return node }
            let fused = fusedValues[linear.input] ?? Self.append(members, input: linear.input, &editor)
            fusedValues[linear.input] = fused
            let before = members.prefix { $0.value != node.value }
            var node = node
            node.operation = Columns(
                input: fused, first: before.reduce(0) { $0 + $1.type.columns }, count: linear.resultColumns)
            return node
        }
    }

    private static func plainLinear(_ node: Node) -> Linear? {
        guard let linear = node.operation as? Linear, linear.isPlain else { return nil }
        return linear
    }

    private static func areAlike(_ members: [Node]) -> Bool {
        let linears = members.compactMap(plainLinear)
        return Set(linears.flatMap(\.parts).map(\.weight.type)).count == 1 && Set(linears.map(\.inputTerms)).count == 1
    }

    private static func append(_ members: [Node], input: Value, _ editor: inout GraphEditor) -> Value {
        let linears = members.compactMap(plainLinear)
        let fused = Linear(input: input, parts: linears.flatMap(\.parts), inputTerms: linears.first?.inputTerms ?? 1)
        var type = members[0].type
        type.columns = fused.resultColumns
        return editor.append(fused, type: type)
    }
}
