/// A value that whoever launches the graph has written before.
struct Input: Operation {
    static let name = "input"
    var name: String

    var operands: [Value] { [] }
    mutating func mapOperands(_ transform: (Value) -> Value) {}
    var attributes: [String] { [name] }
    var placement: Placement { .external }
    var hasEffect: Bool { true }

    func enqueue(result: Value, on target: LoweringTarget) {}
}
