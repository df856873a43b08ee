import SpyreGraph

/// A dense layer `[inputs] -> [outputs]`: weights `PREFIX.weight` `[outputs, inputs]`, bias `PREFIX.bias`.
struct LinearLayer {
    let weight: Parameter
    let bias: Parameter?

    init(_ recorder: GraphRecorder, _ prefix: String, inputs: Int, outputs: Int, bias: Bool) throws(GraphError) {
        weight = try recorder.matrix("\(prefix).weight", outputs: outputs, columns: inputs)
        self.bias = bias ? recorder.vector("\(prefix).bias", count: outputs) : nil
    }

    func callAsFunction(_ x: Tensor, inputTerms: Int = 1) -> Tensor {
        x.linear(weight, bias: bias, inputTerms: inputTerms)
    }
}
