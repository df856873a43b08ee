/// Some columns of a value: a view, nothing is computed.
struct Columns: Operation {
    static let name = "columns"
    var input: Value
    var first: Int
    var count: Int

    var operands: [Value] { [input] }
    mutating func mapOperands(_ transform: (Value) -> Value) { input = transform(input) }
    var attributes: [String] { ["\(first)..<\(first + count)"] }
    var placement: Placement { .view(input, column: first) }

    func enqueue(result: Value, on target: LoweringTarget) {}
}
