/// a + linear(x) becomes a linear that adds a on its way out.
struct FuseResidual: GraphPass {
    static let name = "fuse_residual"

    func run(on graph: inout Graph) {
        let index = GraphIndex(graph)
        graph.rewrite { node, _ in
            guard let add = node.operation as? Add else { return node }
            for (linearValue, other) in [(add.b, add.a), (add.a, add.b)] {
                guard var linear = index.onlyRead(Linear.self, linearValue), linear.residual == nil else { continue }
                linear.residual = other
                var node = node
                node.operation = linear
                return node
            }
            return node
        }
    }
}
