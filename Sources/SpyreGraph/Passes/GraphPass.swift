/// One rewrite of a graph. A pass changes what is computed together, never the result beyond float32 rounding.
public protocol GraphPass: Sendable {
    /// Name in logs and printed graphs.
    static var name: String { get }
    func run(on graph: inout Graph)
}
