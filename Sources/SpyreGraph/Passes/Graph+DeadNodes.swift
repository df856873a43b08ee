extension Graph {
    /// Removes nodes whose results nobody reads and that have no effect.
    mutating func removeDeadNodes() {
        var needed = Set(outputs.values)
        for node in nodes.reversed() where node.operation.hasEffect || needed.contains(node.value) {
            needed.insert(node.value)
            needed.formUnion(node.operation.operands)
        }
        rewrite { node, _ in needed.contains(node.value) ? node : nil }
    }
}
