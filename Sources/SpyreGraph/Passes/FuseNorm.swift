/// linear(rms_norm(x)) becomes a linear that normalises its input as it reads it. Only where no other op reads the
/// norm, which would then be computed twice.
struct FuseNorm: GraphPass {
    static let name = "fuse_norm"

    func run(on graph: inout Graph) {
        let index = GraphIndex(graph)
        graph.rewrite { node, _ in
            guard var linear = node.operation as? Linear, linear.norm == nil,
                let norm = index.onlyRead(RMSNorm.self, linear.input)
            else { return node }
            linear.norm = norm.scheme
            linear.input = norm.input
            var node = node
            node.operation = linear
            return node
        }
    }
}
