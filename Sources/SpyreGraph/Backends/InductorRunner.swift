import CSpyreKernels
import SpyreDevice

/// One captured program whose sizes are launch scalars: it serves every step up to its maximum without padding.
final class InductorRunner: GraphRunner {
    private let stream: Stream
    private let graph: Graph
    private let memory: GraphMemory
    private let maximum: LaunchShape
    private var program: Program?

    let plannedCompilations = 1
    private(set) var compilations = 0

    init(stream: Stream, graph: Graph, memory: GraphMemory, maximum: LaunchShape) {
        self.stream = stream
        self.graph = graph
        self.memory = memory
        self.maximum = maximum
    }

    func prepare(progress: (() -> Void)?) throws(GraphError) {
        program = try compile()
        progress?()
    }

    func shape(for step: LaunchShape) throws(GraphError) -> LaunchShape {
        guard maximum.contains(step) else { throw .unpreparedShape(step, prepared: [maximum]) }
        return step
    }

    func barrierCount() throws(GraphError) -> Int? { try program?.barrierCount() }

    /// Never compiles: a launch before `prepare` is an error.
    func launch(_ shape: LaunchShape) throws(GraphError) {
        guard let program else { throw .unpreparedShape(shape, prepared: []) }
        let scalars = [shape.rows, shape.sequences, shape.logitRows].map(Int64.init)
        try deviceCall { () throws(DeviceError) in try stream.launch(program, scalars: scalars) }
    }

    private func compile() throws(GraphError) -> Program {
        compilations += 1
        let maximum = maximum
        return try stream.captureGraph {
            LoweringTarget(stream: stream, graph: graph, memory: memory) { dimension in
                switch dimension {
                case .fixed(let size): spyre_extent_fixed(Int64(size))
                case .symbol(let symbol): spyre_extent_scalar(Int64(maximum.size(of: dimension)), symbol.rawValue)
                }
            }
        }
    }
}
