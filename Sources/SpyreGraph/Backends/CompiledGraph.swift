import SpyreDevice

/// A graph that has been compiled for a backend: its programs, its memory and its inputs. One thread at a time.
public final class CompiledGraph {
    /// The graph after the backend's passes.
    public let graph: Graph
    private let stream: Stream
    private let memory: GraphMemory
    private let runner: any GraphRunner

    /// - Parameters:
    ///   - graph: as recorded.
    ///   - shapes: for `sendnn`, the shapes to prepare; the others run everything up to `maximum`.
    ///   - images: loaded for this graph on return, from `source`, which is not kept.
    ///   - memoryCheck: called with the bytes that weights and workspace will take, before any of them is reserved.
    ///   - observe: called with the graph after each pass.
    public init(
        _ graph: Graph, backend: Backend, maximum: LaunchShape, shapes: [LaunchShape], stream: Stream,
        images: ParameterImages, source: any ParameterSource, cache: KVCache,
        observe: ((_ pass: String, Graph) -> Void)? = nil,
        memoryCheck: ((_ bytes: Int) throws(GraphError) -> Void)? = nil,
        loadProgress: ((_ completed: Int, _ total: Int) -> Void)? = nil
    ) throws(GraphError) {
        let graph = backend.pipeline.run(graph, observe: observe)
        if let shape = shapes.first(where: { !maximum.contains($0) }) {
            throw .malformed("shape \(shape) is larger than the maximum \(maximum)")
        }
        self.graph = graph
        self.stream = stream
        let plan = try MemoryPlan(graph, maximum: maximum)
        let (bytes, overflow) = try images.missingByteCount(for: graph).addingReportingOverflow(plan.byteCount)
        try memoryCheck?(overflow ? Int.max : bytes)
        memory = try GraphMemory(
            graph: graph, plan: plan, maximum: maximum, images: images, cache: cache, device: stream.device)
        runner =
            switch backend {
            case .eager: EagerRunner(stream: stream, graph: graph, memory: memory, maximum: maximum)
            case .inductor: InductorRunner(stream: stream, graph: graph, memory: memory, maximum: maximum)
            case .sendnn: SendnnRunner(stream: stream, graph: graph, memory: memory, shapes: shapes)
            }
        try images.load(for: graph, from: source, progress: loadProgress)
    }

    /// Programs compiled so far.
    public var compilations: Int { runner.compilations }

    /// Barriers between the ops of a launch; nil where nothing has been compiled.
    public func barrierCount() throws(GraphError) -> Int? { try runner.barrierCount() }

    /// Compiles every program.
    public func prepare(progress: ((_ completed: Int, _ total: Int) -> Void)? = nil) throws(GraphError) {
        let total = runner.plannedCompilations
        var completed = 0
        try runner.prepare {
            completed += 1
            progress?(completed, total)
        }
    }

    /// The shape that a step runs in; its inputs have to be written in that size.
    public func shape(for step: LaunchShape) throws(GraphError) -> LaunchShape { try runner.shape(for: step) }

    /// Writes an input from its start.
    public func write(_ values: [Int32], to input: StepInput) throws(GraphError) {
        guard let buffer = memory.inputsByName[input.rawValue] else {
            throw .malformed("the graph has no input \(input.rawValue)")
        }
        try deviceCall { () throws(DeviceError) in try stream.write(values, to: buffer) }
    }

    /// Runs a shape that `shape(for:)` gave.
    public func launch(_ shape: LaunchShape) throws(GraphError) { try runner.launch(shape) }

    /// Reads the first rows of a float32 output.
    public func read(_ output: String, rows: Int, into target: UnsafeMutableBufferPointer<Float>)
        throws(GraphError)
    {
        guard let value = graph.outputs[output], let location = memory.plan.locations[value],
            let type = memory.types[value], location.stride == type.columns, location.input == nil
        else { throw .malformed("the graph has no dense output \(output)") }
        guard rows >= 0, rows <= target.count / max(type.columns, 1) else {
            throw .malformed("output \(output): \(rows) rows of \(type.columns) do not fit in \(target.count) values")
        }
        guard rows > 0 else { return }
        let bytes = UnsafeMutableRawBufferPointer(
            rebasing: UnsafeMutableRawBufferPointer(target)[..<(rows * type.columns * 4)])
        try deviceCall { () throws(DeviceError) in try stream.read(memory.workspace, at: location.offset, into: bytes) }
    }
}
