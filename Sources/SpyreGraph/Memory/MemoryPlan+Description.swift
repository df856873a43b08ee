extension MemoryPlan {
    /// One line a value of the workspace: `%7: offset 0, row stride 576`, values numbered as in the printed graph.
    public func description(of graph: Graph) -> String {
        var lines = ["workspace \(byteCount) bytes, \(unsharedByteCount) without sharing"]
        for (number, node) in graph.nodes.enumerated() {
            guard let location = locations[node.value], location.input == nil else { continue }
            lines.append("%\(number): offset \(location.offset), row stride \(location.stride)")
        }
        return lines.joined(separator: "\n")
    }
}
