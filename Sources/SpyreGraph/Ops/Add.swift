import CSpyreKernels
import SpyreDevice

/// `a + b`
struct Add: Operation {
    static let name = "add"
    var a: Value
    var b: Value

    var operands: [Value] { [a, b] }
    mutating func mapOperands(_ transform: (Value) -> Value) {
        a = transform(a)
        b = transform(b)
    }
    var placement: Placement { .ownOrReuse(a) }

    func enqueue(result: Value, on target: LoweringTarget) throws(GraphError) {
        try target.elementwise(SPYRE_ELEMENTWISE_ADD, a, b, scale: 1, result: result)
    }
}
