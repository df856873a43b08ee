/// A request under the card's rules: its prompt is padded on the left by whole blocks to whole chunks.
struct SpyreSequence: Sendable {
    var state: SequenceState
    /// Blocks of the worst case that have been set aside and not taken yet.
    var reservedBlocks = 0
    /// Decode steps that ran without this request while it could have taken part.
    var stepsSinceDecode = 0
    var isParked = false
    /// Whether it holds blocks; if not, it waits.
    private(set) var hasStarted = false
    private let chunkTokens: Int
    private let blockTokens: Int
    /// Full blocks that the prefix cache had.
    private var hitBlocks = 0
    /// The chunk that runs next.
    private var chunk = 0

    init(_ request: SchedulerRequest, chunkTokens: Int, blockTokens: Int) {
        state = SequenceState(request)
        self.chunkTokens = chunkTokens
        self.blockTokens = blockTokens
    }

    static let vacant = SpyreSequence(
        SchedulerRequest(id: RequestID(-1), prompt: [], maximumNewTokens: 0), chunkTokens: 1, blockTokens: 1)

    /// Blocks that the sequence may come to hold.
    var worstCaseBlocks: Int {
        (state.promptLength + state.maximumNewTokens + blockTokens - 1) / blockTokens
    }

    /// Blocks of the sequence in the decode step to come.
    var decodeBlocks: Int { state.computed / blockTokens + 1 }

    var isLastChunk: Bool { state.promptLength - max(state.computed, hitBlocks * blockTokens) <= chunkTokens }

    private var chunkCount: Int { (state.promptLength + chunkTokens - 1) / chunkTokens }

    /// Blocks of padding before the prompt.
    private var leftPadding: Int {
        (chunkCount * chunkTokens - (state.promptLength + blockTokens - 1) / blockTokens * blockTokens) / blockTokens
    }

    /// Chunks that need not be run: those that the hit blocks fill, but never the last.
    private var reusedChunks: Int {
        min((leftPadding + hitBlocks) * blockTokens / chunkTokens, chunkCount - 1)
    }

    /// Tokens that chunk `chunk` runs.
    private var chunkRange: Range<Int> {
        let begin = chunk * chunkTokens - leftPadding * blockTokens
        return max(0, begin)..<min(begin + chunkTokens, state.promptLength)
    }

    mutating func findPrefix(in pool: BlockPool) -> [Int32] {
        let prefix = state.findPrefix(in: pool)
        hitBlocks = prefix.count
        return prefix
    }

    /// Starts with blocks that the pool has found, and `count` more set aside.
    mutating func begin(with prefix: [Int32], reserving count: Int, pool: inout BlockPool) {
        reservedBlocks = count
        hasStarted = true
        state.begin(with: prefix, pool: &pool)
        chunk = reusedChunks
        pool.hits.record(tokens: state.promptLength, hits: reportedHitTokens)
    }

    /// Tokens that the cache saved, of those that whole chunks could save at all.
    var reportedHitTokens: Int {
        let padding = leftPadding * blockTokens
        let most = max(0, state.promptLength / chunkTokens * chunkTokens - padding)
        let hit = hitBlocks * blockTokens
        return hit >= most ? most : max(0, (padding + hit) / chunkTokens * chunkTokens - padding)
    }

    /// Takes the blocks of the next chunk. They have been set aside.
    mutating func takeChunk(pool: inout BlockPool, reservedBlocks total: inout Int) -> ScheduledItem {
        let room = chunkTokens - leftPadding * blockTokens
        // Padding takes room in the first chunk only, and a prefix that reaches past it moves on to the next.
        let isFirst = state.computed == hitBlocks * blockTokens
        let slots = isFirst && state.computed < room ? room : chunkTokens
        let count = min(slots, state.promptLength - state.computed)
        // What the scheduler counts runs ahead of what is run when hit blocks do not fill a chunk; the number of steps
        // is the same. Others may find only what was run: this request may be cancelled before its next chunk.
        let range = chunkRange, first = chunk * chunkTokens / blockTokens - leftPadding
        take(until: state.computed + count, running: range.upperBound, pool: &pool, reservedBlocks: &total)
        chunk += 1
        let slotBlocks = (first..<first + chunkTokens / blockTokens).map {
            $0 < hitBlocks || $0 >= state.blocks.count ? 0 : state.blocks[$0]
        }
        return ScheduledItem(
            request: state.id, start: range.lowerBound, count: range.count, samples: !state.isPrefilling,
            blocks: state.blocks, leftPadding: leftPadding * blockTokens, slotBlocks: slotBlocks)
    }

    /// Takes the block of the next token, if it needs one.
    /// - Parameter width: blocks of the longest row of the step.
    mutating func takeToken(width: Int, pool: inout BlockPool, reservedBlocks total: inout Int) -> ScheduledItem {
        let padding = width - decodeBlocks, start = state.computed
        take(until: start + 1, running: start + 1, pool: &pool, reservedBlocks: &total)
        return ScheduledItem(
            request: state.id, start: start, count: 1, samples: true, blocks: state.blocks,
            leftPadding: padding * blockTokens)
    }

    private mutating func take(
        until tokens: Int, running end: Int, pool: inout BlockPool, reservedBlocks total: inout Int
    ) {
        let before = state.blocks.count
        // Set aside before, so that it cannot fail.
        let fits = state.grow(to: tokens, pool: &pool)
        assert(fits, "a block that was set aside is not there")
        let taken = min(state.blocks.count - before, reservedBlocks)
        reservedBlocks -= taken
        total -= taken
        state.advance(to: tokens, remembering: min(tokens, end), pool: &pool)
    }
}
