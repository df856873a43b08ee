/// The limits of the host's scheduler.
public struct ContinuousLimits: Sendable, Equatable {
    /// In which order requests start, and which is sent back when blocks run out.
    public enum Order: Sendable {
        /// As they came; the one that started last is sent back.
        case firstCome
        /// The smallest (priority, arrival) first; the largest is sent back.
        case priority
    }

    public var order: Order
    /// Requests that run at a time.
    public var maximumSequences: Int
    /// Token rows of a step: tokens of decodes and of chunks of prompts together.
    public var maximumStepTokens: Int
    /// Rows of a step whose logits can be had; at least one for each sequence. nil for no limit.
    public var maximumLogitRows: Int?
    /// Tokens of a request, prompt and output together.
    public var maximumModelLength: Int
    /// Tokens of one prompt in a step at most, so that a long one leaves room for others; nil for no limit.
    public var longPrefillTokens: Int?
    /// Whether a prompt may be spread over steps. If not, it has to fit into one.
    public var chunksPrompts: Bool
    /// Whether a request starts only when its whole prompt has blocks, and not only its first chunk.
    public var reservesPrompts: Bool
    /// Blocks that stay free when a request starts, so that those that run can grow before somebody is sent back.
    public var watermarkBlocks: Int

    public init(
        order: Order = .firstCome, maximumSequences: Int = 128, maximumStepTokens: Int = 2048,
        maximumLogitRows: Int? = nil, maximumModelLength: Int, longPrefillTokens: Int? = nil,
        chunksPrompts: Bool = true, reservesPrompts: Bool = true, watermarkBlocks: Int = 0
    ) {
        self.order = order
        self.maximumSequences = maximumSequences
        self.maximumStepTokens = maximumStepTokens
        self.maximumLogitRows = maximumLogitRows
        self.maximumModelLength = maximumModelLength
        self.longPrefillTokens = longPrefillTokens
        self.chunksPrompts = chunksPrompts
        self.reservesPrompts = reservesPrompts
        self.watermarkBlocks = watermarkBlocks
    }

    func check() throws(ConfigurationError) {
        let counts = 1...ConfigurationError.greatestCount
        try ConfigurationError.check("max-num-seqs", maximumSequences, counts)
        try ConfigurationError.check("max-num-batched-tokens", maximumStepTokens, counts)
        try ConfigurationError.check("max-model-len", maximumModelLength, counts)
        try ConfigurationError.check("long-prefill-token-threshold", longPrefillTokens ?? 1, counts)
        try ConfigurationError.check("watermark-blocks", watermarkBlocks, 0...ConfigurationError.greatestCount)
        guard maximumStepTokens >= maximumSequences else {
            throw .budgetBelowSequences(budget: maximumStepTokens, sequences: maximumSequences)
        }
        let logitRows = maximumSequences...max(maximumSequences, counts.upperBound)
        try ConfigurationError.check("logit rows", maximumLogitRows ?? maximumSequences, logitRows)
        guard chunksPrompts || maximumStepTokens >= maximumModelLength else {
            throw .budgetBelowLength(budget: maximumStepTokens, length: maximumModelLength)
        }
    }

    /// Rows of a prompt that reports them in a step at most: all others still have the one that they need.
    var reportedRows: Int { maximumLogitRows.map { $0 - maximumSequences + 1 } ?? .max }
}
