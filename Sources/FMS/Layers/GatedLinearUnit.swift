import SpyreCheckpoint
import SpyreGraph

/// `w2(silu(wg(x)) * w1(x))` (Shazeer 2020).
struct GatedLinearUnit {
    let gate: LinearLayer
    let up: LinearLayer
    let down: LinearLayer

    init(_ recorder: GraphRecorder, _ prefix: String, _ configuration: ModelConfiguration) throws(GraphError) {
        let hidden = configuration.hiddenSize
        let intermediate = configuration.intermediateSize
        let bias = configuration.mlpBias
        gate = try LinearLayer(recorder, "\(prefix).wg", inputs: hidden, outputs: intermediate, bias: bias)
        up = try LinearLayer(recorder, "\(prefix).w1", inputs: hidden, outputs: intermediate, bias: bias)
        down = try LinearLayer(recorder, "\(prefix).w2", inputs: intermediate, outputs: hidden, bias: bias)
    }

    func callAsFunction(_ x: Tensor) -> Tensor {
        down(gate(x).siluMultiply(up(x)))
    }
}
