import SpyreGraph

/// What a user may choose about how a model runs.
public struct ExecutorOptions: Sendable, Equatable {
    public var dtype: ModelDType
    public var kvCacheDType: KVCacheDType
    /// Bytes of all keys and values, block 0's too. nil: as many as all sequences at full length need, but at most half of the
    /// memory that is free.
    public var kvCacheMemory: Int?
    public var backend: Backend
    /// Threads of the device; nil takes OMP_NUM_THREADS or what the processor offers.
    public var threads: Int?
    /// `reference`, `avx2` or `avx512`; nil takes SPYRE_ISA or the best that the processor has.
    public var isa: String?
    /// Tokens of a sequence; nil takes what the model was made for.
    public var maximumModelLength: Int?
    /// Sequences that run at the same time.
    public var maximumSequences: Int
    /// Token rows of a step; longer prompts are read in chunks of this size.
    public var maximumStepRows: Int
    /// What `sendnn` prepares; nil takes decodes of 1, 2, 4 … sequences and chunks of 64, 128 … rows.
    public var stepShapes: [LaunchShape]?

    public init(
        dtype: ModelDType = .auto, kvCacheDType: KVCacheDType = .auto, kvCacheMemory: Int? = nil,
        backend: Backend = .inductor, threads: Int? = nil, isa: String? = nil,
        maximumModelLength: Int? = nil, maximumSequences: Int = 8, maximumStepRows: Int = 512,
        stepShapes: [LaunchShape]? = nil
    ) {
        self.dtype = dtype
        self.kvCacheDType = kvCacheDType
        self.kvCacheMemory = kvCacheMemory
        self.backend = backend
        self.threads = threads
        self.isa = isa
        self.maximumModelLength = maximumModelLength
        self.maximumSequences = maximumSequences
        self.maximumStepRows = maximumStepRows
        self.stepShapes = stepShapes
    }

    /// What `maximumStepRows` and `maximumSequences` can be at most.
    public static let greatestStepRows = 65_536
    public static let greatestSequences = 1024
}
