import CSpyreKernels
import SpyreDevice

/// `factor * x`
struct Scale: Operation {
    static let name = "scale"
    var input: Value
    var factor: Float

    var operands: [Value] { [input] }
    mutating func mapOperands(_ transform: (Value) -> Value) { input = transform(input) }
    var attributes: [String] { ["factor: \(factor)"] }
    var placement: Placement { .ownOrReuse(input) }

    func enqueue(result: Value, on target: LoweringTarget) throws(GraphError) {
        try target.elementwise(SPYRE_ELEMENTWISE_SCALE, input, nil, scale: factor, result: result)
    }
}
