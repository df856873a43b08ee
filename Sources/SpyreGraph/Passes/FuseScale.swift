/// scale(linear(x)) and scale(embedding(ids)) become one op with a scale.
struct FuseScale: GraphPass {
    static let name = "fuse_scale"

    func run(on graph: inout Graph) {
        let index = GraphIndex(graph)
        graph.rewrite { node, _ in
            guard let scale = node.operation as? Scale else { return node }
            var node = node
            if var linear = index.onlyRead(Linear.self, scale.input), linear.residual == nil {
                linear.scale *= scale.factor
                node.operation = linear
            } else if var embedding = index.onlyRead(Embedding.self, scale.input) {
                embedding.scale *= scale.factor
                node.operation = embedding
            }
            return node
        }
    }
}
