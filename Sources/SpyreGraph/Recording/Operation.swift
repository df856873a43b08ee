/// One kind of node. A new op is a type in Ops/ that says what it reads, where its result lies and how it is enqueued.
public protocol Operation: Sendable {
    /// Name in printed graphs.
    static var name: String { get }
    /// Everything that the op reads, in the order in which it is printed.
    var operands: [Value] { get }
    /// Replaces operands, for passes that rewire a graph.
    mutating func mapOperands(_ transform: (Value) -> Value)
    /// What else a reader of a printed graph wants to know, such as `scale: 0.5`.
    var attributes: [String] { get }
    /// Where the result lies.
    var placement: Placement { get }
    /// True when the op matters although nobody reads its result.
    var hasEffect: Bool { get }
    /// Weights that the op reads, as they lie on the device.
    var images: [ParameterImage] { get }
    /// Enqueues the op on the stream of `target`.
    func enqueue(result: Value, on target: LoweringTarget) throws(GraphError)
}

extension Operation {
    public var attributes: [String] { [] }
    public var placement: Placement { .own }
    public var hasEffect: Bool { false }
    public var images: [ParameterImage] { [] }
}
