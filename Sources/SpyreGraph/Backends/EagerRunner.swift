import CSpyreKernels
import SpyreDevice

/// Op by op, each enqueued with the step's own sizes.
final class EagerRunner: GraphRunner {
    private let stream: Stream
    private let graph: Graph
    private let memory: GraphMemory
    private let maximum: LaunchShape

    let plannedCompilations = 0
    let compilations = 0

    init(stream: Stream, graph: Graph, memory: GraphMemory, maximum: LaunchShape) {
        self.stream = stream
        self.graph = graph
        self.memory = memory
        self.maximum = maximum
    }

    func barrierCount() -> Int? { nil }

    func prepare(progress: (() -> Void)?) {}

    func shape(for step: LaunchShape) throws(GraphError) -> LaunchShape {
        guard maximum.contains(step) else { throw .unpreparedShape(step, prepared: [maximum]) }
        return step
    }

    func launch(_ shape: LaunchShape) throws(GraphError) {
        let target = LoweringTarget(stream: stream, graph: graph, memory: memory) {
            spyre_extent_fixed(Int64(shape.size(of: $0)))
        }
        try target.lower()
    }
}
