/// Who defines and who reads each value of a graph, as it was when the index was made.
struct GraphIndex {
    private let nodes: [Value: Node]
    private let positions: [Value: Int]
    private let useCounts: [Value: Int]

    init(_ graph: Graph) {
        nodes = Dictionary(uniqueKeysWithValues: graph.nodes.map { ($0.value, $0) })
        positions = graph.definitions()
        useCounts = graph.useCounts()
    }

    /// The op that defines a value, if it is of the given kind.
    func operation<O: Operation>(_ kind: O.Type, of value: Value) -> O? { nodes[value]?.operation as? O }

    /// As `operation`, for values that are read exactly once, so that their op may be merged into the reader.
    func onlyRead<O: Operation>(_ kind: O.Type, _ value: Value) -> O? {
        useCounts[value] == 1 ? operation(kind, of: value) : nil
    }

    func isDefined(_ value: Value, before other: Value) -> Bool {
        guard let a = positions[value], let b = positions[other] else { return false }
        return a < b
    }
}
