/// The limits of the card's scheduler, with the names and defaults of the vLLM plugin.
public struct SpyreLimits: Sendable, Equatable {
    /// Requests that run at a time.
    public var maximumSequences: Int
    /// Tokens of a request, prompt and output together.
    public var maximumModelLength: Int
    /// Token slots of a prefill step; a multiple of the block size.
    public var chunkTokens: Int
    /// The most that rows times tkv may be in a decode step (`VLLM_DT_MAX_BATCH_TKV_LIMIT`).
    public var batchTKVLimit: Int
    /// Two prefill steps do not follow each other while something decodes (`SENDNN_INFERENCE_CP_INTERLEAVE_STEPS`).
    public var interleaves: Bool
    /// Decodes that would break `batchTKVLimit` are parked, instead of admission looking ahead
    /// (`SENDNN_INFERENCE_PAUSING_ENABLED`).
    public var pauses: Bool
    /// Among equals those go on that have generated most, not least (`SENDNN_INFERENCE_LONG_OUT_PRIO`).
    public var favoursLongOutputs: Bool

    public init(
        maximumSequences: Int, maximumModelLength: Int, chunkTokens: Int = 512, batchTKVLimit: Int? = nil,
        interleaves: Bool = true, pauses: Bool = true, favoursLongOutputs: Bool = false
    ) {
        self.maximumSequences = maximumSequences
        self.maximumModelLength = maximumModelLength
        self.chunkTokens = chunkTokens
        self.batchTKVLimit = batchTKVLimit ?? maximumModelLength * maximumSequences
        self.interleaves = interleaves
        self.pauses = pauses
        self.favoursLongOutputs = favoursLongOutputs
    }
}
