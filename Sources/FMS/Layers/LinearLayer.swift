import SpyreGraph

/// A dense layer `[inputs] -> [outputs]`: weights `PREFIX.weight` `[outputs, inputs]`, bias `PREFIX.bias`.
struct LinearLayer {
    let weight: Parameter
    let bias: Parameter?

    init(_ recorder: GraphRecorder, _ prefix: String, inputs: Int, outputs: Int, bias: Bool) throws(GraphError) {
        weight = try recorder.matrix("\(prefix).weight", outputs: outputs, columns: inputs)
        self.bias = bias ? recorder.vector("\(prefix).bias", count: outputs) : nil
    }

    /// - Parameter refined: whether a bfloat16 weight meets a second term of the few activations that rounding to bfloat16
    ///   takes most from.
    func callAsFunction(_ x: Tensor, refined: Bool = false) -> Tensor {
        x.linear(weight, bias: bias, inputTerms: refined && weight.type == .bfloat16 ? 2 : 1)
    }
}
