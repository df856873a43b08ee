/// Names what a node of a graph computes.
public struct Value: Hashable, Sendable, CustomStringConvertible {
    public let id: Int

    public init(id: Int) { self.id = id }

    public var description: String { "%\(id)" }
}
