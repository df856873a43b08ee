/// The KV blocks of a device: who holds which, which are free, and which full ones can be found again by their contents.
///
/// A block may be held by several sequences that begin with the same tokens. One that nobody holds is free, yet keeps
/// its contents, and can be found, until it is handed out again. Every operation costs the same whatever the pool's
/// size. Block 0 is the padding block: it is never handed out.
public struct BlockPool: Sendable {
    public let blockTokens: Int
    let freedOrder: FreedBlockOrder
    var free: FreeBlockList
    /// Holders of each block.
    private(set) var references: [Int32]
    var cache: PrefixCache
    public var hits = HitStatistics()

    /// - Parameters:
    ///   - blockCount: all blocks, the padding block included; at least 1.
    ///   - blockTokens: tokens of a block.
    ///   - cachesPrefixes: whether full blocks can be found again.
    public init(
        blockCount: Int, blockTokens: Int = 64, cachesPrefixes: Bool = true, freedOrder: FreedBlockOrder = .last
    ) {
        let count = max(1, min(blockCount, Int(Int32.max)))
        self.blockTokens = max(1, blockTokens)
        self.freedOrder = freedOrder
        free = FreeBlockList(blockCount: count)
        references = [Int32](repeating: 0, count: count)
        cache = PrefixCache(blockCount: count, blockTokens: self.blockTokens, isOn: cachesPrefixes)
    }

    /// Blocks that can be handed out at all.
    public var capacity: Int { references.count - 1 }
    public var freeCount: Int { free.count }
    public var usedCount: Int { capacity - free.count }
    public var usage: Double { capacity == 0 ? 0 : Double(usedCount) / Double(capacity) }
    public var cachesPrefixes: Bool { cache.isOn }
    func referenceCount(of block: Int32) -> Int { Int(references[Int(block)]) }

    /// Blocks that `tokens` tokens of a sequence take.
    public func blocks(forTokens tokens: Int) -> Int {
        let (quotient, rest) = max(0, tokens).quotientAndRemainder(dividingBy: blockTokens)
        return rest == 0 ? quotient : quotient + 1
    }

    /// Lets nobody find what was computed so far, as when the weights change. Returns false, and does nothing, while
    /// blocks are in use.
    public mutating func resetPrefixCache() -> Bool {
        guard usedCount == 0 else { return false }
        cache.removeAll()
        return true
    }

    /// Hands out a block to one holder. What it held before can no longer be found. nil when none is free.
    mutating func allocate() -> Int32? {
        guard let block = free.first else { return nil }
        free.remove(block)
        cache.forget(block)
        references[Int(block)] = 1
        return block
    }

    /// Adds a holder to blocks that have been found in the cache.
    mutating func share(_ blocks: [Int32]) {
        for block in blocks {
            if references[Int(block)] == 0 { free.remove(block) }
            references[Int(block)] += 1
        }
    }

    /// Takes a sequence's blocks back, its last ones first: the beginning of a sequence is what others share, so it
    /// stays longest.
    mutating func release(_ blocks: [Int32]) throws(BlockPoolError) {
        for block in blocks.reversed() {
            guard block > 0, block < references.count else { throw .unknownBlock(block) }
            guard references[Int(block)] > 0 else { throw .freedTwice(block) }
            references[Int(block)] -= 1
            guard references[Int(block)] == 0 else { continue }
            if freedOrder == .first && cache.isOn && !cache.holds(block) {
                free.prepend(block)
            } else {
                free.append(block)
            }
        }
    }
}
