/// A rule of the block pool that its user broke.
enum BlockPoolError: Error, Sendable, Equatable, CustomStringConvertible {
    case notPromised(count: Int, promised: Int)
    case unknownBlock(Int32)
    case freedTwice(Int32)

    var description: String {
        switch self {
        case .notPromised(let count, let promised): "\(count) KV blocks were asked for, \(promised) are promised"
        case .unknownBlock(let block): "KV block \(block) does not exist"
        case .freedTwice(let block): "KV block \(block) was freed twice"
        }
    }
}
