/// A request inside a scheduler: its tokens, and the KV blocks that hold those which have been run.
struct SequenceState: Sendable {
    let request: SchedulerRequest
    /// Prompt and output so far.
    private(set) var tokens: [Int32]
    /// Tokens whose keys and values are in the cache, or will be after the step that was scheduled last.
    var computed = 0
    var blocks: [Int32] = []
    /// Keys of the full blocks of `tokens`, as far as they have been needed, behind the key of the identity.
    private var keys: [PrefixKey] = []
    /// Blocks at the front whose contents are in the prefix cache under this sequence's keys.
    private var remembered = 0

    init(_ request: SchedulerRequest) {
        self.request = request
        tokens = request.prompt
    }

    var id: RequestID { request.id }
    var promptLength: Int { request.prompt.count }
    var generated: Int { tokens.count - request.prompt.count }
    var remaining: Int { tokens.count - computed }
    var isPrefilling: Bool { computed < promptLength }

    mutating func append(_ token: Int32) { tokens.append(token) }

    // MARK: Blocks

    /// Blocks with the contents of this sequence's first tokens, the longest run that the pool has. Never all of the
    /// tokens: at least one has to be run for its logits.
    mutating func findPrefix(in pool: BlockPool) -> [Int32] {
        guard pool.cache.isOn else { return [] }
        let size = pool.blockTokens
        var found: [Int32] = []
        for index in 0..<(tokens.count - 1) / size {
            let parent = key(index, size), own = key(index + 1, size)
            let contents = tokens[index * size..<(index + 1) * size]
            guard let block = pool.cache.find(own, parent: parent, tokens: contents) else { break }
            found.append(block)
        }
        return found
    }

    /// Starts with blocks that the pool has found.
    mutating func begin(with prefix: [Int32], pool: inout BlockPool) {
        pool.share(prefix)
        blocks = prefix
        remembered = prefix.count
        computed = prefix.count * pool.blockTokens
    }

    /// Takes blocks until `count` tokens have room. Returns false, and has taken nothing, when there are too few.
    mutating func grow(to count: Int, pool: inout BlockPool) -> Bool {
        let missing = pool.blocks(forTokens: count) - blocks.count
        guard missing <= pool.freeCount else { return false }
        for _ in 0..<max(0, missing) {
            guard let block = pool.allocate() else { return false }
            blocks.append(block)
        }
        return true
    }

    /// Lets others find the blocks that are full of computed tokens.
    mutating func rememberFullBlocks(in pool: inout BlockPool) {
        guard pool.cache.isOn else { return }
        let size = pool.blockTokens
        while (remembered + 1) * size <= computed {
            let parent = key(remembered, size), own = key(remembered + 1, size)
            pool.cache.remember(
                blocks[remembered], key: own, parent: parent,
                tokens: tokens[remembered * size..<(remembered + 1) * size])
            remembered += 1
        }
    }

    /// Gives all blocks back; what was computed is lost to this sequence, but for what the cache keeps.
    mutating func release(to pool: inout BlockPool) throws(BlockPoolError) {
        try pool.release(blocks)
        blocks = []
        computed = 0
        remembered = 0
    }

    /// The key after `count` full blocks.
    private mutating func key(_ count: Int, _ size: Int) -> PrefixKey {
        if keys.isEmpty { keys.append(PrefixKey(request.identity)) }
        while keys.count <= count {
            let index = keys.count - 1
            keys.append(PrefixKey(parent: keys[index], tokens: tokens[index * size..<(index + 1) * size]))
        }
        return keys[count]
    }
}
