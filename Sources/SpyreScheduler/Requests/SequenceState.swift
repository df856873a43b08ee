/// A request inside a scheduler: its tokens, and the KV blocks that hold those which have been run.
struct SequenceState: Sendable {
    let id: RequestID
    let promptLength: Int
    let maximumNewTokens: Int
    let priority: Int
    let arrival: Double
    private let identity: PrefixIdentity
    let reportsPrompt: Bool
    /// Sequences that start when the prompt has been run.
    var siblings: [RequestID]
    /// Prompt and output so far.
    private(set) var tokens: [Int32]
    /// Tokens whose keys and values are in the cache, or will be after the step that was scheduled last.
    var computed = 0
    private(set) var blocks: [Int32] = []
    /// Keys of the full blocks of `tokens`, as far as they have been needed, behind the key of the identity.
    private var keys: [PrefixKey] = []
    /// Blocks at the front whose contents are in the prefix cache under this sequence's keys.
    private(set) var remembered = 0
    /// Tokens that were found when it started.
    private(set) var beginning = 0
    /// `remembered` before the step that was scheduled last.
    private var rememberedBefore = 0

    init(_ request: SchedulerRequest) {
        id = request.id
        promptLength = request.prompt.count
        maximumNewTokens = request.maximumNewTokens
        priority = request.priority
        arrival = request.arrival
        identity = request.identity
        reportsPrompt = request.reportsPrompt
        siblings = request.siblings
        tokens = request.prompt
    }

    /// A sequence with the prompt of another, and its blocks, which are not counted as held yet.
    init(forking other: SequenceState, as id: RequestID) {
        self.id = id
        promptLength = other.promptLength
        maximumNewTokens = other.maximumNewTokens
        priority = other.priority
        arrival = other.arrival
        identity = other.identity
        reportsPrompt = false
        siblings = []
        tokens = Array(other.tokens.prefix(other.promptLength))
        computed = min(other.computed, promptLength)
        blocks = other.blocks
        keys = other.keys
        remembered = other.remembered
        rememberedBefore = remembered
        beginning = other.beginning
    }

    static let vacant = SequenceState(SchedulerRequest(id: RequestID(-1), prompt: [], maximumNewTokens: 0))

    var generated: Int { tokens.count - promptLength }
    var remaining: Int { tokens.count - computed }
    var isPrefilling: Bool { computed < promptLength }
    /// Whether the logits of all its next rows are wanted, not only those of its last known token.
    var wantsAllLogits: Bool { reportsPrompt && isPrefilling }
    /// Whether it has all the tokens that it may have.
    var isComplete: Bool { generated >= maximumNewTokens }

    mutating func append(_ token: Int32) { tokens.append(token) }

    // MARK: Blocks

    /// Blocks with the contents of this sequence's first tokens, the longest run that the pool has. Never all of the
    /// tokens: at least one has to be run for its logits.
    mutating func findPrefix(in pool: BlockPool) -> [Int32] {
        guard pool.cachesPrefixes, !reportsPrompt else { return [] }
        let size = pool.blockTokens
        var found: [Int32] = []
        for index in 0..<max(0, tokens.count - 1) / size {
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
        rememberedBefore = remembered
        computed = prefix.count * pool.blockTokens
        beginning = computed
    }

    /// Takes blocks until `count` tokens have room. Returns false, and has taken nothing, when there are too few.
    mutating func grow(to count: Int, pool: inout BlockPool) -> Bool {
        guard count > blocks.count * pool.blockTokens else { return true }
        let missing = pool.blocks(forTokens: count) - blocks.count
        guard missing <= pool.freeCount else { return false }
        for _ in 0..<missing {
            guard let block = pool.allocate() else { return false }
            blocks.append(block)
        }
        return true
    }

    /// Whether the block that its next token goes to has other holders, who may write to it too.
    func sharesNextBlock(in pool: BlockPool) -> Bool {
        let (index, offset) = computed.quotientAndRemainder(dividingBy: pool.blockTokens)
        return offset != 0 && index < blocks.count && pool.referenceCount(of: blocks[index]) > 1
    }

    /// Puts a block of its own in the place of that one. There has to be a free one.
    mutating func ownNextBlock(pool: inout BlockPool) throws(BlockPoolError) -> BlockCopy? {
        let index = computed / pool.blockTokens, shared = blocks[index]
        guard let own = pool.allocate() else { return nil }
        try pool.release([shared])
        blocks[index] = own
        return BlockCopy(source: shared, target: own)
    }

    /// Counts tokens as computed, for which there are blocks, and lets others find the blocks that they fill.
    /// - Parameter end: where what is really in the blocks ends, if it is not `count`.
    mutating func advance(to count: Int, remembering end: Int? = nil, pool: inout BlockPool) {
        computed = count
        let end = end ?? count
        rememberedBefore = remembered
        guard pool.cachesPrefixes else { return }
        let size = pool.blockTokens
        while (remembered + 1) * size <= end {
            let parent = key(remembered, size), own = key(remembered + 1, size)
            pool.cache.remember(
                blocks[remembered], key: own, parent: parent,
                tokens: tokens[remembered * size..<(remembered + 1) * size])
            remembered += 1
        }
    }

    /// Gives all blocks back; what was computed is lost to this sequence, but for what the cache keeps.
    /// - Parameter undoingStep: whether the step that `advance` was called for last will not be run after all.
    mutating func release(to pool: inout BlockPool, undoingStep: Bool = false) throws(BlockPoolError) {
        if undoingStep {
            for block in blocks[rememberedBefore..<remembered] { pool.cache.forget(block) }
        }
        try pool.release(blocks)
        forgetBlocks()
    }

    /// As if nothing had been computed. Nobody gets the blocks.
    mutating func forgetBlocks() {
        blocks = []
        computed = 0
        remembered = 0
        rememberedBefore = 0
    }

    /// The key after `count` full blocks.
    private mutating func key(_ count: Int, _ size: Int) -> PrefixKey {
        if keys.isEmpty { keys.append(PrefixKey(identity)) }
        while keys.count <= count {
            let index = keys.count - 1
            keys.append(PrefixKey(parent: keys[index], tokens: tokens[index * size..<(index + 1) * size]))
        }
        return keys[count]
    }
}
