/// Attention takes over the rotation and the KV write of its own layer, if nobody else reads the rotated queries.
struct FuseWriteIntoAttention: GraphPass {
    static let name = "fuse_kv_write_attention"

    func run(on graph: inout Graph) {
        let index = GraphIndex(graph)
        var taken: Set<Value> = []
        for node in graph.nodes {
            if let attention = node.operation as? PagedAttention, Self.write(attention, index) != nil {
                taken.insert(attention.queries)
            }
        }
        graph.rewrite { node, _ in
            if taken.contains(node.value) { return nil }
            guard var attention = node.operation as? PagedAttention, let write = Self.write(attention, index) else {
                return node
            }
            attention.queries = write.queries
            var node = node
            node.operation = RotateWriteAndAttend(write: write, attention: attention)
            return node
        }
    }

    private static func write(_ attention: PagedAttention, _ index: GraphIndex) -> RotateAndKVWrite? {
        guard let write = index.onlyRead(RotateAndKVWrite.self, attention.queries), write.layer == attention.layer,
            write.heads == attention.heads
        else { return nil }
        return write
    }
}
