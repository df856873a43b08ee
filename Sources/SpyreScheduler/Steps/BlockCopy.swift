/// A block whose contents go to another one before a step's rows are run.
public struct BlockCopy: Sendable, Equatable {
    public var source: Int32
    public var target: Int32

    public init(source: Int32, target: Int32) {
        self.source = source
        self.target = target
    }
}
