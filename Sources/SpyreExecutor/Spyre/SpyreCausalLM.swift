import FMS
import SpyreCheckpoint
import SpyreDevice
import SpyreGraph

/// A causal language model on a Spyre device: an FMS model, recorded and compiled, and its weights.
final class SpyreCausalLM {
    private let compiled: CompiledGraph
    private let cache: KVCache
    private let stream: Stream
    /// Columns of the block table input.
    let maximumBlocks: Int

    private static let logits = "logits"

    init(
        checkpoint: Checkpoint, options: ExecutorOptions, limits: ExecutorLimits, stream: Stream, cache: KVCache,
        progress: ((WarmUpProgress) -> Void)?
    ) throws(ExecutorError) {
        self.cache = cache
        self.stream = stream
        let positions = limits.maximumModelLength
        let blocks = ExecutorLimits.blocks(forTokens: positions)
        maximumBlocks = blocks
        let parameters = CheckpointParameters(checkpoint, dtype: options.dtype, rotaryPositions: positions)
        compiled = try graphCall { () throws(GraphError) in
            let graph = try Self.record(checkpoint.configuration, parameters, positions: positions)
            return try CompiledGraph(
                graph, backend: options.backend, maximum: Self.maximumShape(limits),
                shapes: options.stepShapes ?? Self.staticShapes(limits), stream: stream,
                images: ParameterImages(stream: stream), source: parameters, cache: cache,
                memoryCheck: { bytes throws(GraphError) in
                    guard let available = HostMemory.available(), bytes > available else { return }
                    throw .outOfMemory(bytes: bytes, available: available)
                },
                loadProgress: { completed, total in
                    progress?(WarmUpProgress(stage: .packing, completed: completed, total: total))
                })
        }
    }

    var compilations: Int { compiled.compilations }

    func prepare(progress: ((WarmUpProgress) -> Void)?) throws(ExecutorError) {
        try graphCall { () throws(GraphError) in
            try compiled.prepare { completed, total in
                progress?(WarmUpProgress(stage: .compiling, completed: completed, total: total))
            }
        }
    }

    /// The shape in which a step of these sizes runs.
    func shape(for step: LaunchShape) throws(ExecutorError) -> LaunchShape {
        try graphCall { () throws(GraphError) in try compiled.shape(for: step) }
    }

    func copyBlock(_ copy: KVBlockCopy) throws(ExecutorError) {
        try graphCall { () throws(GraphError) in
            try cache.copyBlock(Int(copy.source), to: Int(copy.target), stream: stream)
        }
    }

    /// Runs a step and reads the first `logitRows` rows of logits.
    func forward(
        _ inputs: StepInputs, shape: LaunchShape, logitRows: Int, logits: UnsafeMutableBufferPointer<Float>
    ) throws(ExecutorError) {
        try graphCall { () throws(GraphError) in
            for (name, values) in inputs.named { try compiled.write(values, to: name) }
            try compiled.launch(shape)
            try compiled.read(Self.logits, rows: logitRows, into: logits)
        }
    }

    /// The model's graph as its Swift code records it.
    static func record(_ configuration: ModelConfiguration, _ parameters: CheckpointParameters, positions: Int)
        throws(GraphError) -> Graph
    {
        let recorder = GraphRecorder(storage: parameters.storage)
        let model = try DecoderModel(recorder, configuration, positions: positions)
        let blocks = ExecutorLimits.blocks(forTokens: positions)
        recorder.output(logits, model(PagedBatch(recorder: recorder, maximumBlocks: blocks)))
        return recorder.graph
    }

    static func maximumShape(_ limits: ExecutorLimits) -> LaunchShape {
        LaunchShape(
            rows: limits.maximumRows, sequences: limits.maximumSequences, logitRows: limits.maximumLogitRows)
    }

    /// What `sendnn` prepares: decode steps of 1, 2, 4 … sequences; chunks of 64, 128 … rows, each with the logits of
    /// one row a sequence, and with those of many rows for scoring.
    private static func staticShapes(_ limits: ExecutorLimits) -> [LaunchShape] {
        var shapes: [LaunchShape] = []
        for count in sizes(from: 1, to: limits.maximumSequences) {
            shapes.append(LaunchShape(rows: count, sequences: count, logitRows: count))
        }
        for rows in sizes(from: ExecutorLimits.blockTokens, to: limits.maximumRows) {
            for logitRows in Set([limits.maximumSequences, limits.maximumLogitRows]) {
                shapes.append(
                    LaunchShape(rows: rows, sequences: limits.maximumSequences, logitRows: logitRows))
            }
        }
        return shapes
    }

    /// first, 2 first, 4 first … and last.
    private static func sizes(from first: Int, to last: Int) -> [Int] {
        var sizes: [Int] = []
        var size = min(first, last)
        while size < last {
            sizes.append(size)
            size *= 2
        }
        return sizes + [last]
    }
}
