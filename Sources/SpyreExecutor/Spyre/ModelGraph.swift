import SpyreCheckpoint
import SpyreGraph

/// A model's graph as text, for people: as recorded and after each pass of a backend. Needs no device and reads no
/// weights.
public struct ModelGraph: Sendable, Equatable {
    /// `recorded`, the name of the pass that has just run, `layout` or `memory_plan`.
    public let pass: String
    /// One line a node, an image of weights, or a value.
    public let text: String

    /// The graph before the first pass of the backend in `options`, and after each one; then how the weights lie on
    /// the device, and where values lie in the workspace.
    public static func passes(of checkpoint: Checkpoint, options: ExecutorOptions) throws(ExecutorError) -> [ModelGraph]
    {
        try SpyreDeviceSpec.check(options, for: checkpoint)
        let limits = try SpyreWorker.limits(checkpoint.configuration, options)
        let positions = options.maximumModelLength ?? checkpoint.configuration.maximumPositions
        let parameters = CheckpointParameters(checkpoint, dtype: options.dtype, rotaryPositions: positions)
        var steps: [ModelGraph] = []
        let graph = try graphCall { () throws(GraphError) in
            try SpyreCausalLM.record(checkpoint.configuration, parameters, positions: positions)
        }
        let lowered = options.backend.pipeline.run(graph) { pass, graph in
            steps.append(ModelGraph(pass: pass, text: graph.description))
        }
        try graphCall { () throws(GraphError) in
            let plan = try MemoryPlan(lowered, maximum: SpyreCausalLM.maximumShape(limits))
            steps.append(ModelGraph(pass: "layout", text: try lowered.imageDescription()))
            steps.append(ModelGraph(pass: "memory_plan", text: plan.description(of: lowered)))
        }
        return steps
    }
}
