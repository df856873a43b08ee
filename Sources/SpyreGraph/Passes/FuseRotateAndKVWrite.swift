/// The rotations of queries and keys and the write of keys and values become one op, where the three are columns of one
/// fused projection.
struct FuseRotateAndKVWrite: GraphPass {
    static let name = "fuse_rope_kv_write"

    func run(on graph: inout Graph) {
        let index = GraphIndex(graph)
        // Rotated queries of each layer, by the attention that reads them.
        var queries: [Int: Value] = [:]
        for node in graph.nodes {
            if let attention = node.operation as? PagedAttention { queries[attention.layer] = attention.queries }
        }
        var replacements: [Value: Value] = [:]
        graph.rewrite { node, _ in
            guard let write = node.operation as? KVWrite, let rotatedQueries = queries[write.layer],
                let fused = Self.fuse(write, rotatedQueries, index),
                index.isDefined(fused.queries, before: node.value)
            else { return node }
            replacements[rotatedQueries] = node.value
            var node = node
            node.operation = fused
            node.type.columns = fused.heads.count * fused.heads.size
            return node
        }
        graph.replaceUses(replacements)
    }

    private static func fuse(_ write: KVWrite, _ rotatedQueries: Value, _ index: GraphIndex) -> RotateAndKVWrite? {
        guard let q = index.onlyRead(RotaryEmbedding.self, rotatedQueries),
            let k = index.onlyRead(RotaryEmbedding.self, write.keys),
            q.positions == k.positions, q.rotation == k.rotation,
            // Columns of one value have one row stride, which the fused op needs.
            let owner = index.operation(Columns.self, of: q.input)?.input,
            index.operation(Columns.self, of: k.input)?.input == owner,
            index.operation(Columns.self, of: write.values)?.input == owner
        else { return nil }
        return RotateAndKVWrite(
            queries: q.input, keys: k.input, values: write.values, positions: q.positions, slots: write.slots,
            layer: write.layer, heads: write.heads, rotation: q.rotation)
    }
}
