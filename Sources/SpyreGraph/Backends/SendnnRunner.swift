import CSpyreKernels
import SpyreDevice

/// One program for each prepared shape, as the card has it: a step runs in the smallest shape that holds it, padded.
final class SendnnRunner: GraphRunner {
    private let stream: Stream
    private let graph: Graph
    private let memory: GraphMemory
    /// Cheapest first.
    private let shapes: [LaunchShape]
    private var programs: [LaunchShape: Program] = [:]

    var plannedCompilations: Int { shapes.count }
    private(set) var compilations = 0

    init(stream: Stream, graph: Graph, memory: GraphMemory, shapes: [LaunchShape]) {
        self.stream = stream
        self.graph = graph
        self.memory = memory
        self.shapes = Array(Set(shapes)).sorted {
            ($0.rows, $0.logitRows, $0.sequences) < ($1.rows, $1.logitRows, $1.sequences)
        }
    }

    func prepare(progress: (() -> Void)?) throws(GraphError) {
        for shape in shapes {
            compilations += 1
            programs[shape] = try stream.captureGraph {
                LoweringTarget(stream: stream, graph: graph, memory: memory) {
                    spyre_extent_fixed(Int64(shape.size(of: $0)))
                }
            }
            progress?()
        }
    }

    func shape(for step: LaunchShape) throws(GraphError) -> LaunchShape {
        guard let shape = shapes.first(where: { $0.contains(step) }) else {
            throw .unpreparedShape(step, prepared: shapes)
        }
        return shape
    }

    func barrierCount() throws(GraphError) -> Int? { try shapes.first.flatMap { programs[$0] }?.barrierCount() }

    /// Never compiles: a shape without a program is an error.
    func launch(_ shape: LaunchShape) throws(GraphError) {
        guard let program = programs[shape] else { throw .unpreparedShape(shape, prepared: shapes) }
        try deviceCall { () throws(DeviceError) in try stream.launch(program, scalars: []) }
    }
}
