import CSpyreKernels
import SpyreDevice

/// `silu(gate) * up`
struct SiLUMultiply: Operation {
    static let name = "silu_mul"
    var gate: Value
    var up: Value

    var operands: [Value] { [gate, up] }
    mutating func mapOperands(_ transform: (Value) -> Value) {
        gate = transform(gate)
        up = transform(up)
    }
    var placement: Placement { .ownOrReuse(gate) }

    func enqueue(result: Value, on target: LoweringTarget) throws(GraphError) {
        try target.elementwise(SPYRE_ELEMENTWISE_SILU_MUL, gate, up, scale: 1, result: result)
    }
}
