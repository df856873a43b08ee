import SpyreGraph

/// A dense layer `[inputs] -> [outputs]`: weights `PREFIX.weight` `[outputs, inputs]`, bias `PREFIX.bias`.
struct LinearLayer {
    let weight: Parameter
    let bias: Parameter?

    init(_ recorder: GraphRecorder, _ prefix: String, inputs: Int, outputs: Int, bias: Bool) throws(GraphError) {
        weight = try recorder.matrix("\(prefix).weight", outputs: outputs, columns: inputs)
        self.bias = bias ? recorder.vector("\(prefix).bias", count: outputs) : nil
    }

    func callAsFunction(_ x: Tensor) -> Tensor {
        // A few activations are so large that rounding them to bfloat16 is most of what rounding does, and a second term
        // for those costs little. It makes up for the rounding of keys and values in a bfloat16 cache, and more.
        x.linear(weight, bias: bias, inputTerms: weight.type == .bfloat16 ? 2 : 1)
    }
}
