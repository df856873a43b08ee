/// Free blocks in the order in which they will be handed out: a doubly linked list inside two arrays, so that taking a
/// block out of its middle (a cached block that is used again) costs as little as taking the first.
struct FreeBlockList: Sendable {
    private static let end: Int32 = 0
    /// Neighbours by block. Block 0 is never free: its links are the two ends of the list.
    private var next: [Int32]
    private var previous: [Int32]
    private(set) var count = 0

    /// All of 1 ..< blockCount, the lowest first.
    init(blockCount: Int) {
        let count = Int32(blockCount)
        next = (0..<count).map { $0 + 1 == count ? 0 : $0 + 1 }
        previous = (0..<count).map { $0 == 0 ? count - 1 : $0 - 1 }
        self.count = blockCount - 1
    }

    var first: Int32? { count == 0 ? nil : next[0] }

    mutating func remove(_ block: Int32) {
        let before = previous[Int(block)], after = next[Int(block)]
        next[Int(before)] = after
        previous[Int(after)] = before
        count -= 1
    }

    mutating func append(_ block: Int32) { insert(block, after: previous[0]) }

    mutating func prepend(_ block: Int32) { insert(block, after: Self.end) }

    private mutating func insert(_ block: Int32, after before: Int32) {
        let after = next[Int(before)]
        next[Int(block)] = after
        previous[Int(block)] = before
        next[Int(before)] = block
        previous[Int(after)] = block
        count += 1
    }

    /// From first to last; no more than there can be, even if the links went in a ring. For tests and reports.
    var blocks: [Int32] {
        var result: [Int32] = []
        var block = next[0]
        while block != Self.end, result.count < next.count {
            result.append(block)
            block = next[Int(block)]
        }
        return result
    }
}
