/// Tokens of one request in a step.
public struct ScheduledItem: Sendable, Equatable {
    public var request: RequestID
    /// Index in the sequence of the first token that is run.
    public var start: Int
    /// Tokens that are run, at least 1.
    public var count: Int
    /// Whether the last of them is the last that is known, so that its logits give the next token.
    public var samples: Bool
    /// Blocks of the sequence, from its first token on, up to the end of this item.
    public var blocks: [Int32]
    /// Blocks at the front of `blocks` that are only read: they belong to the prefix cache, and tokens of this item
    /// that lie in them are computed again and written to block 0.
    public var readOnlyBlocks: Int
    /// Blocks of padding on the left.
    public var leftPadding: Int
    /// For a chunk of a prompt under the card's rules: the block that each block of its slots is written to, 0 for
    /// padding and for what is only read.
    public var slotBlocks: [Int32]

    public init(
        request: RequestID, start: Int, count: Int, samples: Bool, blocks: [Int32], readOnlyBlocks: Int = 0,
        leftPadding: Int = 0, slotBlocks: [Int32] = []
    ) {
        self.request = request
        self.start = start
        self.count = count
        self.samples = samples
        self.blocks = blocks
        self.readOnlyBlocks = readOnlyBlocks
        self.leftPadding = leftPadding
        self.slotBlocks = slotBlocks
    }
}
