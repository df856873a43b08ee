import SpyreCheckpoint
import SpyreGraph

/// A model's graph as text, for people: as recorded and after each pass of a backend. Needs no device and reads no
/// weights.
public struct ModelGraph: Sendable, Equatable {
    /// `recorded`, or the name of the pass that has just run.
    public let pass: String
    /// One line a node.
    public let text: String

    /// The graph before the first pass of the backend in `options`, and after each one.
    public static func passes(of checkpoint: Checkpoint, options: ExecutorOptions) throws(ExecutorError) -> [ModelGraph]
    {
        try SpyreDeviceSpec.check(options, for: checkpoint)
        let positions = options.maximumModelLength ?? checkpoint.configuration.maximumPositions
        let parameters = CheckpointParameters(checkpoint, dtype: options.dtype, rotaryPositions: positions)
        var steps: [ModelGraph] = []
        let graph = try graphCall { () throws(GraphError) in
            try SpyreCausalLM.record(checkpoint.configuration, parameters, positions: positions)
        }
        _ = options.backend.pipeline.run(graph) { pass, graph in
            steps.append(ModelGraph(pass: pass, text: graph.description))
        }
        return steps
    }
}
