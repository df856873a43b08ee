/// A copy of a KV block, keys and values of all layers.
public struct KVBlockCopy: Sendable, Equatable {
    public var source: Int32
    public var target: Int32

    public init(source: Int32, target: Int32) {
        self.source = source
        self.target = target
    }
}
