/// Which values share memory because an op works in place, reuses an operand, or is a view.
struct StorageOwners {
    struct Storage {
        /// The value whose memory this one lies in.
        var owner: Value
        /// Column of the owner at which it starts.
        var column: Int
    }

    private(set) var storage: [Value: Storage] = [:]
    private(set) var inputs: [Value: TensorType] = [:]
    private var lastUses: [Value: Int] = [:]

    init(_ graph: Graph) throws(GraphError) {
        let lastReads = Self.lastReads(graph)
        let types = Dictionary(uniqueKeysWithValues: graph.nodes.map { ($0.value, $0.type) })
        for (index, node) in graph.nodes.enumerated() {
            for operand in node.operation.operands where storage[operand] == nil {
                throw .malformed("\(type(of: node.operation).name) reads a value before it is computed")
            }
            storage[node.value] = try place(node, at: index, types: types, lastReads: lastReads)
            let owner = storage[node.value]?.owner ?? node.value
            lastUses[owner] = max(lastUses[owner] ?? index, lastReads[node.value] ?? index)
        }
    }

    /// Memory blocks of all owners but the external inputs.
    func blocks(of graph: Graph, maximum: LaunchShape) throws(GraphError) -> [StorageBlock] {
        var blocks: [StorageBlock] = []
        for (index, node) in graph.nodes.enumerated() {
            guard storage[node.value]?.owner == node.value, inputs[node.value] == nil else { continue }
            let (elements, overflow) = maximum.size(of: node.type.rows).multipliedReportingOverflow(
                by: node.type.columns)
            guard !overflow, elements > 0, elements < Int.max / 8 else {
                throw .malformed("\(type(of: node.operation).name) gives \(node.type), which has no size")
            }
            let bytes = (elements * 4 + MemoryPlan.alignment - 1) / MemoryPlan.alignment * MemoryPlan.alignment
            blocks.append(
                StorageBlock(
                    owner: node.value, byteCount: bytes, stride: node.type.columns, firstUse: index,
                    lastUse: lastUses[node.value] ?? index))
        }
        return blocks
    }

    private mutating func place(
        _ node: Node, at index: Int, types: [Value: TensorType], lastReads: [Value: Int]
    ) throws(GraphError) -> Storage {
        let own = Storage(owner: node.value, column: 0)
        switch node.operation.placement {
        case .own:
            return own
        case .external:
            inputs[node.value] = node.type
            return own
        case .view(let value, let column):
            guard let base = storage[value] else { return own }
            return Storage(owner: base.owner, column: base.column + column)
        case .inPlace(let value):
            guard let base = storage[value], lastReads[value] == index else {
                throw .malformed(
                    "\(type(of: node.operation).name) changes a value in place that is read again afterwards")
            }
            return base
        case .ownOrReuse(let value):
            guard let base = storage[value], canReuse(value, base, for: node, at: index, types: types) else {
                return own
            }
            return base
        }
    }

    /// True when the node is the last to read the value's whole block, and reads it through that operand alone.
    private func canReuse(
        _ value: Value, _ base: Storage, for node: Node, at index: Int, types: [Value: TensorType]
    ) -> Bool {
        let readers = node.operation.operands.filter { storage[$0]?.owner == base.owner }
        return readers.count == 1 && base.column == 0 && inputs[base.owner] == nil && lastUses[base.owner] == index
            && types[base.owner] == node.type && types[value] == node.type
    }

    /// Index of the last node that reads each value; the end of the graph for outputs.
    private static func lastReads(_ graph: Graph) -> [Value: Int] {
        var last: [Value: Int] = [:]
        for (index, node) in graph.nodes.enumerated() {
            for operand in node.operation.operands { last[operand] = index }
        }
        for value in graph.outputs.values { last[value] = graph.nodes.count }
        return last
    }
}
