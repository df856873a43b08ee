import SpyreExecutor

/// One graph of `spyre inspect --graph --json`.
struct GraphRow: Encodable {
    let pass: String
    /// One element a node.
    let lines: [String]

    init(_ graph: ModelGraph) {
        pass = graph.pass
        lines = graph.text.split(separator: "\n").map(String.init)
    }
}
