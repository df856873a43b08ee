extension Tensor {
    /// Causal attention of queries over a layer's paged KV cache, to which `keys` and `values` are written first.
    ///
    /// Queries are `[rows, heads * headSize]`, keys and values `[rows, kvHeads * headSize]`.
    public func attention(
        keys: Tensor, values: Tensor, batch: PagedBatch, heads: AttentionHeads, layer: Int, scale: Float
    ) -> Tensor {
        _ = recorder.record(
            KVWrite(keys: keys.value, values: values.value, slots: batch.slots.value, layer: layer, heads: heads),
            type: values.type)
        return recorder.record(
            PagedAttention(
                queries: value, queryStarts: batch.queryStarts.value, contextLengths: batch.contextLengths.value,
                blockTables: batch.blockTables.value, layer: layer, heads: heads, scale: scale),
            type: type)
    }
}
