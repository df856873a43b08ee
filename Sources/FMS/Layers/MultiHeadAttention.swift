import SpyreCheckpoint
import SpyreGraph

/// Grouped-query attention with rotary positions over the paged cache (Ainslie et al. 2023, Su et al. 2021).
struct MultiHeadAttention {
    let query: LinearLayer
    let key: LinearLayer
    let value: LinearLayer
    let dense: LinearLayer
    let heads: AttentionHeads
    let rotation: Rotation
    let scale: Float

    init(
        _ recorder: GraphRecorder, _ prefix: String, _ configuration: ModelConfiguration, rotation: Rotation
    ) throws(GraphError) {
        heads = AttentionHeads(
            count: configuration.headCount, kvCount: configuration.kvHeadCount, size: configuration.headSize)
        self.rotation = rotation
        scale = configuration.attentionMultiplier
        let hidden = configuration.hiddenSize
        let width = heads.count * heads.size
        let kvWidth = heads.kvCount * heads.size
        let bias = configuration.attentionBias
        query = try LinearLayer(recorder, "\(prefix).in_proj.query", inputs: hidden, outputs: width, bias: bias)
        key = try LinearLayer(recorder, "\(prefix).in_proj.key", inputs: hidden, outputs: kvWidth, bias: bias)
        value = try LinearLayer(recorder, "\(prefix).in_proj.value", inputs: hidden, outputs: kvWidth, bias: bias)
        dense = try LinearLayer(
            recorder, "\(prefix).dense", inputs: width, outputs: hidden, bias: configuration.attentionOutputBias)
    }

    func callAsFunction(_ x: Tensor, batch: PagedBatch, layer: Int) -> Tensor {
        // A bfloat16 cache rounds keys and values once more than a float16 cache would; refined products make up for it.
        let queries = query(x, refined: true)
        let keys = key(x, refined: true)
        let values = value(x, refined: true)
        let rotatedQueries = queries.rotated(rotation, heads: heads.count, positions: batch.positions)
        let rotatedKeys = keys.rotated(rotation, heads: heads.kvCount, positions: batch.positions)
        let context = rotatedQueries.attention(
            keys: rotatedKeys, values: values, batch: batch, heads: heads, layer: layer, scale: scale)
        return dense(context, refined: true)
    }
}
