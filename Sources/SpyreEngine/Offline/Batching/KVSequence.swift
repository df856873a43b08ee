import SpyreExecutor

/// The tokens of one sequence and the KV blocks that hold those which have been run.
struct KVSequence: Sendable {
    /// Prompt and output so far.
    private(set) var tokens: [Int32]
    /// Tokens whose keys and values are in the cache.
    private(set) var computedTokens = 0
    private(set) var blocks: [Int32] = []
    /// Blocks that the pool has promised and not handed out.
    private(set) var promisedBlocks: Int

    /// - Parameter promisedBlocks: what the pool has promised for this sequence.
    init(tokens: [Int], promisedBlocks: Int) {
        self.tokens = tokens.map { Int32(truncatingIfNeeded: $0) }
        self.promisedBlocks = promisedBlocks
    }

    mutating func append(_ token: Int) { tokens.append(Int32(truncatingIfNeeded: token)) }

    mutating func advance(_ count: Int) { computedTokens += count }

    /// Takes blocks until `count` tokens have room.
    mutating func grow(to count: Int, from pool: inout BlockPool) throws(BlockPoolError) {
        while blocks.count < ExecutorLimits.blocks(forTokens: count) {
            guard promisedBlocks > 0 else { throw .notPromised(count: 1, promised: 0) }
            blocks.append(try pool.allocate())
            promisedBlocks -= 1
        }
    }

    /// Gives everything back to the pool.
    mutating func release(to pool: inout BlockPool) throws(BlockPoolError) {
        try pool.release(blocks)
        blocks = []
        try pool.withdraw(promisedBlocks)
        promisedBlocks = 0
    }
}
