extension Graph: CustomStringConvertible {
    /// One line a node: `%4: f32[rows, 64] = linear(%2) {weights: …}`, values renumbered in order.
    public var description: String {
        var numbers: [Value: Int] = [:]
        for node in nodes { numbers[node.value] = numbers.count }
        func name(_ value: Value) -> String { numbers[value].map { "%\($0)" } ?? "%undefined" }
        var lines = nodes.map { node in
            let operation = node.operation
            let operands = operation.operands.map(name).joined(separator: ", ")
            let attributes = operation.attributes.isEmpty ? "" : " {\(operation.attributes.joined(separator: ", "))}"
            return "\(name(node.value)): \(node.type) = \(type(of: operation).name)(\(operands))\(attributes)"
        }
        for (label, value) in outputs.sorted(by: { $0.key < $1.key }) {
            lines.append("return \(label): \(name(value))")
        }
        return lines.joined(separator: "\n")
    }
}
