import SpyreCheckpoint
import SpyreGraph

/// A pre-norm decoder layer: attention and a gated MLP, each added to the residual stream.
///
/// One block serves LLaMA and Granite: Granite's residual multiplier is 1 in LLaMA.
struct DecoderBlock {
    let attentionNorm: RMSNormLayer
    let attention: MultiHeadAttention
    let mlpNorm: RMSNormLayer
    let mlp: GatedLinearUnit
    let residualMultiplier: Float
    let layer: Int

    init(
        _ recorder: GraphRecorder, layer: Int, _ configuration: ModelConfiguration, rotation: Rotation
    ) throws(GraphError) {
        let prefix = "base_model.layers.\(layer)"
        let hidden = configuration.hiddenSize
        let epsilon = configuration.normEpsilon
        attentionNorm = RMSNormLayer(recorder, "\(prefix).ln", size: hidden, epsilon: epsilon)
        attention = try MultiHeadAttention(recorder, "\(prefix).attn", configuration, rotation: rotation)
        mlpNorm = RMSNormLayer(recorder, "\(prefix).ff_ln", size: hidden, epsilon: epsilon)
        mlp = try GatedLinearUnit(recorder, "\(prefix).ff_sub_layer", configuration)
        residualMultiplier = configuration.residualMultiplier
        self.layer = layer
    }

    func callAsFunction(_ x: Tensor, batch: PagedBatch) -> Tensor {
        let attended = x + attention(attentionNorm(x), batch: batch, layer: layer) * residualMultiplier
        return attended + mlp(mlpNorm(attended)) * residualMultiplier
    }
}
