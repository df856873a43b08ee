/// A rule of the block pool that its user broke.
public enum BlockPoolError: Error, Sendable, Equatable, CustomStringConvertible {
    case unknownBlock(Int32)
    case freedTwice(Int32)

    public var description: String {
        switch self {
        case .unknownBlock(let block): "KV block \(block) does not exist"
        case .freedTwice(let block): "KV block \(block) was freed twice"
        }
    }
}
