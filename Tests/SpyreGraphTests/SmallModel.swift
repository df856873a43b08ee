import SpyreDevice

@testable import SpyreGraph

/// A one-layer model with the structure that the passes look for.
struct SmallModel {
    var hidden = 64
    var intermediate = 96
    var vocabulary = 100
    var heads = AttentionHeads(count: 4, kvCount: 2, size: 16)
    var multiplier: Float = 1
    var types: [String: ScalarType] = [:]
    var type = ScalarType.float32
    var positions = 128

    func record() throws -> Graph {
        let types = types
        let type = type
        let recorder = GraphRecorder { name in types[name] ?? type }
        let batch = PagedBatch(recorder: recorder, maximumBlocks: 2)
        let table = recorder.vector("rope", count: positions * heads.size)
        let rotation = Rotation(table: table, positions: positions, headSize: heads.size, layout: .halfSplit)
        let embedding = try recorder.matrix("embedding", outputs: vocabulary, columns: hidden)
        var x = batch.tokenIDs.embedding(embedding) * multiplier
        let normed = x.rmsNorm(recorder.vector("ln", count: hidden), epsilon: 1e-5)
        func project(_ name: String, _ input: Tensor, _ columns: Int, _ outputs: Int) throws -> Tensor {
            input.linear(try recorder.matrix(name, outputs: outputs, columns: columns))
        }
        let width = heads.count * heads.size
        let q = try project("q", normed, hidden, width)
            .rotated(rotation, heads: heads.count, positions: batch.positions)
        let k = try project("k", normed, hidden, heads.kvCount * heads.size)
            .rotated(rotation, heads: heads.kvCount, positions: batch.positions)
        let v = try project("v", normed, hidden, heads.kvCount * heads.size)
        let context = q.attention(keys: k, values: v, batch: batch, heads: heads, layer: 0, scale: 0.25)
        x = x + (try project("dense", context, width, hidden)) * multiplier
        let ffNormed = x.rmsNorm(recorder.vector("ff_ln", count: hidden), epsilon: 1e-5)
        let gate = try project("gate", ffNormed, hidden, intermediate)
        let up = try project("up", ffNormed, hidden, intermediate)
        x = x + (try project("down", gate.siluMultiply(up), intermediate, hidden)) * multiplier
        let final = x.rmsNorm(recorder.vector("dec_norm", count: hidden), epsilon: 1e-5)
        recorder.output("logits", final.logits(embedding, rows: batch.logitRows) * (1 / multiplier))
        return recorder.graph
    }
}
