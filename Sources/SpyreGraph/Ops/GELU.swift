import CSpyreKernels
import SpyreDevice

/// `x Phi(x)`, or its approximation by tanh.
struct GELU: Operation {
    static let name = "gelu"
    var input: Value
    var form: GELUForm

    var operands: [Value] { [input] }
    mutating func mapOperands(_ transform: (Value) -> Value) { input = transform(input) }
    var attributes: [String] { form == .exact ? [] : ["tanh"] }
    var placement: Placement { .ownOrReuse(input) }

    func enqueue(result: Value, on target: LoweringTarget) throws(GraphError) {
        let kind = form == .exact ? SPYRE_ELEMENTWISE_GELU : SPYRE_ELEMENTWISE_GELU_TANH
        try target.elementwise(kind, input, nil, scale: 1, result: result)
    }
}
