import SpyreCheckpoint
import SpyreDevice
import SpyreGraph

/// Owns one Spyre device: its memory, its KV cache and the runner of the model.
public final class SpyreWorker: Worker {
    public let limits: ExecutorLimits
    private let runner: SpyreModelRunner
    private let stream: Stream
    private let cache: KVCache
    /// Rows of the largest step that is prepared.
    private let greatestRows: Int
    private var warmUpCompilations = 0

    init(checkpoint: Checkpoint, options: ExecutorOptions, progress: ((WarmUpProgress) -> Void)?)
        throws(ExecutorError)
    {
        let configuration = checkpoint.configuration
        limits = try Self.limits(configuration, options)
        let stream: Stream
        do throws(DeviceError) {
            stream = try Stream(device: try Device(threads: options.threads, isa: options.isa))
        } catch {
            throw .device(error)
        }
        let heads = AttentionHeads(
            count: configuration.headCount, kvCount: configuration.kvHeadCount, size: configuration.headSize)
        let limits = limits
        let cache = try graphCall { () throws(GraphError) in
            try KVCache(
                stream: stream, layers: configuration.layerCount, blockCount: limits.blockCount, heads: heads,
                type: options.kvCacheDType.scalarType(for: options.dtype))
        }
        let model = try SpyreCausalLM(
            checkpoint: checkpoint, options: options, limits: limits, stream: stream, cache: cache, progress: progress)
        runner = SpyreModelRunner(model: model, limits: limits)
        (self.stream, self.cache) = (stream, cache)
        greatestRows = options.stepShapes?.map(\.rows).max() ?? limits.maximumRows
    }

    public var compilationsAfterWarmUp: Int { runner.compilations - warmUpCompilations }

    public func warmUp(progress: ((WarmUpProgress) -> Void)?) throws(ExecutorError) {
        try runner.warmUp(progress: progress)
        if cache.type == .int8 {
            try KVCacheCalibration(
                runner: runner, limits: limits, cache: cache, stream: stream, rows: greatestRows
            ).run()
        }
        warmUpCompilations = runner.compilations
    }

    public func execute(_ batch: ForwardBatch, logits: UnsafeMutableBufferPointer<Float>) throws(ExecutorError) {
        try runner.execute(batch, logits: logits)
    }

    /// Sizes of a step, and as many KV blocks as `--kv-cache-memory` has room for; or else as every sequence at full length
    /// needs, in at most half of what is free, since weights, logits and everybody else need some too.
    static func limits(_ configuration: ModelConfiguration, _ options: ExecutorOptions)
        throws(ExecutorError) -> ExecutorLimits
    {
        let length = options.maximumModelLength ?? configuration.maximumPositions
        let rows = max(options.maximumStepRows, options.maximumSequences)
        let perSequence = ExecutorLimits.blocks(forTokens: length)
        let oneBlock = options.kvCacheDType.scalarType(for: options.dtype).kvCacheByteCount(
            blocks: 1, kvHeads: configuration.kvHeadCount, headSize: configuration.headSize)
        guard let oneBlock else {
            throw .unsupportedModel("no KV cache for heads of \(configuration.headSize) elements")
        }
        let (blockBytes, overflow) = (2 * oneBlock).multipliedReportingOverflow(by: configuration.layerCount)
        guard !overflow else { throw .unsupportedModel("a KV cache of \(configuration.layerCount) layers") }
        let blocks: Int
        if let bytes = options.kvCacheMemory {
            blocks = try blocksOf(bytes, blockBytes: blockBytes, perSequence: perSequence, length: length)
        } else {
            let affordable = HostMemory.available().map { $0 / 2 / blockBytes } ?? Int.max
            let wanted = perSequence.multipliedReportingOverflow(by: options.maximumSequences)
            blocks = min(wanted.overflow ? Int.max : wanted.partialValue, affordable, greatestBlocks)
        }
        guard blocks >= perSequence else {
            throw .outOfMemory(
                what: "the KV cache of one sequence of \(length) tokens",
                bytes: perSequence.multipliedReportingOverflow(by: blockBytes).partialValue,
                advice: "lower --max-model-len, or choose a smaller --kv-cache-dtype")
        }
        return ExecutorLimits(
            maximumRows: rows, maximumSequences: options.maximumSequences,
            maximumLogitRows: min(options.maximumSequences + 64, rows), maximumModelLength: length,
            blockCount: blocks + 1, blockBytes: blockBytes, vocabularySize: configuration.vocabularySize)
    }

    /// What the device can number, without block 0.
    private static let greatestBlocks = (1 << 25) - 2

    /// Blocks, without block 0, of a cache of so many bytes.
    private static func blocksOf(_ bytes: Int, blockBytes: Int, perSequence: Int, length: Int)
        throws(ExecutorError) -> Int
    {
        if let available = HostMemory.available(), bytes > available {
            throw .invalidOption(
                name: "--kv-cache-memory",
                reason: "\(bytes) bytes are more than the \(available) that are free; give fewer")
        }
        let blocks = min(bytes / blockBytes - 1, greatestBlocks)
        guard blocks >= perSequence else {
            let needed = (perSequence + 1).multipliedReportingOverflow(by: blockBytes)
            throw .invalidOption(
                name: "--kv-cache-memory",
                reason: "one sequence of \(length) tokens needs "
                    + "\(needed.overflow ? Int.max : needed.partialValue) bytes, the padding block among them, and "
                    + "\(bytes) were given; give more, or lower --max-model-len")
        }
        return blocks
    }
}
