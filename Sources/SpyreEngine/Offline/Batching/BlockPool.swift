/// The KV blocks of a device: which are free, and how many are promised to sequences that may still grow.
///
/// A sequence is promised its worst case before it starts, so that it never has to stop for want of blocks; the blocks
/// themselves are handed out as it grows. Block 0 is the padding block and is never handed out. The order is
/// deterministic: the block freed last goes out first, at the start the lowest.
struct BlockPool: Sendable {
    /// Free blocks, the next one last.
    private var free: [Int32]
    private var isFree: [Bool]
    /// Blocks promised and not handed out yet.
    private(set) var promisedCount = 0

    /// - Parameter blockCount: all blocks, block 0 included.
    init(blockCount: Int) {
        let count = max(1, min(blockCount, Int(Int32.max)))
        free = (1..<Int32(count)).reversed()
        isFree = [Bool](repeating: true, count: count)
        isFree[0] = false
    }

    /// Blocks that can be handed out at all.
    var capacity: Int { isFree.count - 1 }
    var freeCount: Int { free.count }
    /// Free blocks that nobody has been promised.
    var availableCount: Int { free.count - promisedCount }

    /// Sets `count` blocks aside. Returns false, and changes nothing, when there are not as many.
    mutating func promise(_ count: Int) -> Bool {
        guard count >= 0, count <= availableCount else { return false }
        promisedCount += count
        return true
    }

    /// Gives back a promise of which `count` blocks were never handed out.
    mutating func withdraw(_ count: Int) throws(BlockPoolError) {
        guard count >= 0, count <= promisedCount else { throw .notPromised(count: count, promised: promisedCount) }
        promisedCount -= count
    }

    /// Hands out one block of a promise.
    mutating func allocate() throws(BlockPoolError) -> Int32 {
        guard promisedCount > 0, let block = free.popLast() else {
            throw .notPromised(count: 1, promised: promisedCount)
        }
        promisedCount -= 1
        isFree[Int(block)] = false
        return block
    }

    /// Takes back blocks that were handed out.
    mutating func release(_ blocks: [Int32]) throws(BlockPoolError) {
        for block in blocks {
            guard block > 0, block < isFree.count else { throw .unknownBlock(block) }
            guard !isFree[Int(block)] else { throw .freedTwice(block) }
            isFree[Int(block)] = true
            free.append(block)
        }
    }
}
