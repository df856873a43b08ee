import SpyreGraph

/// RMSNorm with weights `PREFIX.weight` `[size]`.
struct RMSNormLayer {
    let weight: Parameter
    let epsilon: Float

    init(_ recorder: GraphRecorder, _ prefix: String, size: Int, epsilon: Float) {
        weight = recorder.vector("\(prefix).weight", count: size)
        self.epsilon = epsilon
    }

    func callAsFunction(_ x: Tensor) -> Tensor { x.rmsNorm(weight, epsilon: epsilon) }
}
