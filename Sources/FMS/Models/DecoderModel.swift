import SpyreCheckpoint
import SpyreGraph

/// Embedding, decoder blocks, final norm and head, as FMS names them; LLaMA and Granite are configurations of it.
///
/// Weight names: `base_model.embedding.weight`, `base_model.layers.N.…`, `base_model.dec_norm.weight`, `head.weight`.
public struct DecoderModel {
    let embedding: Parameter
    let blocks: [DecoderBlock]
    let norm: RMSNormLayer
    let head: Parameter
    let configuration: ModelConfiguration

    /// - Parameter positions: rows of the rotary table.
    public init(_ recorder: GraphRecorder, _ configuration: ModelConfiguration, positions: Int) throws(GraphError) {
        self.configuration = configuration
        let vocabulary = configuration.vocabularySize
        let hidden = configuration.hiddenSize
        embedding = try recorder.matrix("base_model.embedding.weight", outputs: vocabulary, columns: hidden)
        let rotation = Rotation(
            table: recorder.vector(RotaryTable.name, count: positions * configuration.headSize),
            positions: positions, headSize: configuration.headSize,
            layout: configuration.ropeLayout == .interleaved ? .interleaved : .halfSplit)
        var blocks: [DecoderBlock] = []
        for layer in 0..<configuration.layerCount {
            blocks.append(try DecoderBlock(recorder, layer: layer, configuration, rotation: rotation))
        }
        self.blocks = blocks
        norm = RMSNormLayer(recorder, "base_model.dec_norm", size: hidden, epsilon: configuration.normEpsilon)
        head =
            try configuration.tiedEmbeddings
            ? embedding : recorder.matrix("head.weight", outputs: vocabulary, columns: hidden)
    }

    /// Logits `[logitRows, vocabulary]` of the rows that the batch asks for.
    public func callAsFunction(_ batch: PagedBatch) -> Tensor {
        var x = batch.tokenIDs.embedding(embedding) * configuration.embeddingMultiplier
        for block in blocks { x = block(x, batch: batch) }
        let logits = norm(x).logits(head, rows: batch.logitRows)
        return logits * (1 / configuration.logitsDivisor)
    }
}
