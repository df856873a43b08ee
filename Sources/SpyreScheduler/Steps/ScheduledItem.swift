/// Tokens of one request in a step.
public struct ScheduledItem: Sendable, Equatable {
    public var request: RequestID
    /// Index in the sequence of the first token that is run.
    public var start: Int
    /// Tokens that are run, at least 1.
    public var count: Int
    /// Whether the last of them is the last that is known, so that its logits give the next token.
    public var samples: Bool
    /// The last `logitRows` of the tokens are those whose logits are wanted.
    public var logitRows: Int
    /// Blocks of the sequence, from its first token on, at least up to the end of this item. Those at the front may be
    /// shared with other sequences, which only read them. They may be written by an earlier item of the same step, so
    /// that a layer's keys and values are to be written for all items before any is attended to.
    public var blocks: [Int32]
    /// Tokens of padding before the sequence, where shapes are fixed.
    public var leftPadding: Int
    /// Under the card's rules, for a chunk of a prompt: the block that each block of its slots is written to, 0 for
    /// padding and for blocks of the prefix cache, which are computed again and not written. Empty otherwise.
    public var slotBlocks: [Int32]

    public init(
        request: RequestID, start: Int, count: Int, samples: Bool, logitRows: Int? = nil, blocks: [Int32],
        leftPadding: Int = 0, slotBlocks: [Int32] = []
    ) {
        self.request = request
        self.start = start
        self.count = count
        self.samples = samples
        self.logitRows = logitRows ?? (samples ? 1 : 0)
        self.blocks = blocks
        self.leftPadding = leftPadding
        self.slotBlocks = slotBlocks
    }

    /// Whether the keys and values of a token are written to its block. Those of hit blocks that the card computes
    /// again are there already, and others may be reading them.
    ///
    /// - Parameter position: index in the sequence, one of `start ..< start + count`.
    public func writes(_ position: Int, blockTokens: Int) -> Bool {
        guard !slotBlocks.isEmpty else { return true }
        // The slots of a first chunk begin with the padding.
        let slot = position - start + (start == 0 ? leftPadding : 0)
        return slotBlocks[slot / blockTokens] != 0
    }
}
