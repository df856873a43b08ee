/// What one step may hold.
public struct ExecutorLimits: Sendable, Equatable {
    /// Token rows of a step.
    public var maximumRows: Int
    /// Sequences of a step.
    public var maximumSequences: Int
    /// Rows of a step whose logits may be asked for.
    public var maximumLogitRows: Int
    /// Tokens of a sequence, prompt and output together.
    public var maximumModelLength: Int
    /// KV blocks including block 0, which is the padding block.
    public var blockCount: Int
    /// Bytes of a block's keys and values in all layers; 0 where nobody asked.
    public var blockBytes: Int
    public var vocabularySize: Int

    public init(
        maximumRows: Int, maximumSequences: Int, maximumLogitRows: Int, maximumModelLength: Int, blockCount: Int,
        blockBytes: Int = 0, vocabularySize: Int
    ) {
        self.maximumRows = maximumRows
        self.maximumSequences = maximumSequences
        self.maximumLogitRows = maximumLogitRows
        self.maximumModelLength = maximumModelLength
        self.blockCount = blockCount
        self.blockBytes = blockBytes
        self.vocabularySize = vocabularySize
    }

    /// Tokens of prompt and output that one sequence can hold: the model's length, or less where the KV cache is small.
    public var contextLength: Int {
        min(maximumModelLength, max(0, blockCount - 1).multipliedReportingOverflow(by: Self.blockTokens).partialValue)
    }

    /// Sequences of `maximumModelLength` tokens for which there are KV blocks at the same time.
    public var fullLengthSequences: Int {
        max(0, blockCount - 1) / max(1, Self.blocks(forTokens: maximumModelLength))
    }

    /// Tokens of a KV block.
    public static let blockTokens = 64

    /// Blocks that `tokens` tokens of a sequence take.
    public static func blocks(forTokens tokens: Int) -> Int { (tokens + blockTokens - 1) / blockTokens }
}
