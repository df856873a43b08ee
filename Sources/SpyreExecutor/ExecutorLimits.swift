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
    public var vocabularySize: Int

    public init(
        maximumRows: Int, maximumSequences: Int, maximumLogitRows: Int, maximumModelLength: Int, blockCount: Int,
        vocabularySize: Int
    ) {
        self.maximumRows = maximumRows
        self.maximumSequences = maximumSequences
        self.maximumLogitRows = maximumLogitRows
        self.maximumModelLength = maximumModelLength
        self.blockCount = blockCount
        self.vocabularySize = vocabularySize
    }

    /// Tokens of prompt and output that one sequence can hold: the model's length, or less where the KV cache is small.
    public var contextLength: Int {
        min(maximumModelLength, max(0, blockCount - 1).multipliedReportingOverflow(by: Self.blockTokens).partialValue)
    }

    /// Tokens of a KV block.
    public static let blockTokens = 64

    /// Blocks that `tokens` tokens of a sequence take.
    public static func blocks(forTokens tokens: Int) -> Int { (tokens + blockTokens - 1) / blockTokens }
}
