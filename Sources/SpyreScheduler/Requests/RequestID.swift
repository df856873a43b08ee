/// Names a request. The caller chooses it, and never uses one twice.
public struct RequestID: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let number: Int

    public init(_ number: Int) { self.number = number }

    public static func < (a: RequestID, b: RequestID) -> Bool { a.number < b.number }
    public var description: String { String(number) }
}
