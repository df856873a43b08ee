import SpyreCheckpoint
import SpyreDevice
import SpyreGraph

/// Owns one Spyre device: its memory, its KV cache and the runner of the model.
public final class SpyreWorker: Worker {
    public let limits: ExecutorLimits
    private let runner: SpyreModelRunner
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
                device: stream.device, layers: configuration.layerCount, blockCount: limits.blockCount, heads: heads,
                type: options.kvCacheDType.scalarType(for: options.dtype))
        }
        let model = try SpyreCausalLM(
            checkpoint: checkpoint, options: options, limits: limits, stream: stream, cache: cache, progress: progress)
        runner = SpyreModelRunner(model: model, limits: limits)
    }

    public var compilationsAfterWarmUp: Int { runner.compilations - warmUpCompilations }

    public func warmUp(progress: ((WarmUpProgress) -> Void)?) throws(ExecutorError) {
        try runner.warmUp(progress: progress)
        warmUpCompilations = runner.compilations
    }

    public func execute(_ batch: ForwardBatch, logits: UnsafeMutableBufferPointer<Float>) throws(ExecutorError) {
        try runner.execute(batch, logits: logits)
    }

    /// Sizes of a step, and as many KV blocks as every sequence at full length needs, or fewer when memory is short.
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
        // The cache may take half of what is free: weights, logits and everybody else need some too.
        let affordable = HostMemory.available().map { $0 / 2 / blockBytes } ?? Int.max
        let wanted = perSequence.multipliedReportingOverflow(by: options.maximumSequences)
        let blocks = min(wanted.overflow ? Int.max : wanted.partialValue, affordable, (1 << 25) - 2)
        guard blocks >= perSequence else {
            throw .outOfMemory(
                what: "the KV cache of one sequence of \(length) tokens",
                bytes: perSequence.multipliedReportingOverflow(by: blockBytes).partialValue,
                advice: "lower --max-model-len")
        }
        return ExecutorLimits(
            maximumRows: rows, maximumSequences: options.maximumSequences,
            maximumLogitRows: min(options.maximumSequences + 64, rows), maximumModelLength: length,
            blockCount: blocks + 1, vocabularySize: configuration.vocabularySize)
    }
}
