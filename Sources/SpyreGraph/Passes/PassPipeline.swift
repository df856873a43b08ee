/// The passes of a backend, in order. Nodes that a pass leaves without a reader are removed after it.
public struct PassPipeline: Sendable {
    public let passes: [any GraphPass]

    public init(_ passes: [any GraphPass]) { self.passes = passes }

    /// Nothing is fused.
    public static let none = PassPipeline([])

    /// All fusions. Scale goes first since it makes linears plain again for the others; gate and up go before the
    /// other parallel linears, which would take them apart; norms go last, when their readers have become one.
    public static let fused = PassPipeline([
        FuseScale(), FuseGateUp(), FuseParallelLinears(), FuseResidual(), FuseNorm(), FuseRotateAndKVWrite(),
        FuseWriteIntoAttention(),
    ])

    /// Runs every pass.
    /// - Parameter observe: called with the graph before the first pass (name `recorded`) and after each one.
    public func run(_ graph: Graph, observe: ((_ pass: String, Graph) -> Void)? = nil) -> Graph {
        var graph = graph
        observe?("recorded", graph)
        for pass in passes {
            pass.run(on: &graph)
            graph.removeDeadNodes()
            observe?(type(of: pass).name, graph)
        }
        return graph
    }
}
