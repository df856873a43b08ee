import SpyreDevice
import Testing

@testable import SpyreGraph

@Suite struct BackendTests {
    /// Weights that depend on their name and place only.
    final class Weights: ParameterSource {
        static func value(_ name: String, _ index: Int) -> Float {
            let seed = name.utf8.reduce(UInt64(index &* 2_654_435_761)) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
            return Float(Int64((seed >> 20) % 2001) - 1000) / 8000
        }

        func withMatrix(
            _ parameter: Parameter, _ body: (UnsafeRawBufferPointer, SourceType) throws(GraphError) -> Void
        ) throws(GraphError) {
            let values = (0..<(parameter.outputs * parameter.columns)).map { Self.value(parameter.name, $0) }
            var failure: GraphError?
            values.withUnsafeBytes { bytes in
                do throws(GraphError) { try body(bytes, .float32) } catch { failure = error }
            }
            if let failure { throw failure }
        }

        let counts: [String: Int]
        init(counts: [String: Int]) { self.counts = counts }

        func vector(_ name: String) throws(GraphError) -> [Float] {
            guard let count = counts[name] else { throw .parameter(name: name, reason: "unknown") }
            return (0..<count).map { 0.5 + Self.value(name, $0) }
        }
    }

    static func compile(_ backend: Backend, shapes: [LaunchShape] = []) throws -> CompiledGraph {
        let model = SmallModel()
        let stream = try Stream(device: try Device(threads: 2))
        let weights = Weights(counts: ["ln": 64, "ff_ln": 64, "dec_norm": 64, "rope": model.positions * 16])
        return try CompiledGraph(
            try model.record(), backend: backend, maximum: LaunchShape(rows: 16, sequences: 2, logitRows: 4),
            shapes: shapes, stream: stream, images: ParameterImages(stream: stream), source: weights,
            cache: try KVCache(stream: stream, layers: 1, blockCount: 4, heads: model.heads, type: .float32))
    }

    static func run(_ graph: CompiledGraph, rows: Int) throws -> [Float] {
        let shape = try graph.shape(for: LaunchShape(rows: rows, sequences: 1, logitRows: 1))
        func pad(_ values: [Int32], _ count: Int, _ value: Int32) -> [Int32] {
            values + Array(repeating: value, count: count - values.count)
        }
        try graph.write(pad((0..<rows).map { Int32($0 * 6) }, shape.rows, 0), to: .tokenIDs)
        try graph.write(pad((0..<rows).map(Int32.init), shape.rows, 0), to: .positions)
        try graph.write(pad((0..<rows).map { Int32(64 + $0) }, shape.rows, -1), to: .slots)
        try graph.write(pad([0, Int32(rows)], shape.sequences + 1, Int32(rows)), to: .queryStarts)
        try graph.write(pad([Int32(rows)], shape.sequences, 0), to: .contextLengths)
        try graph.write(pad([1, 2], 2 * shape.sequences, 0), to: .blockTables)
        try graph.write(pad([Int32(rows - 1)], shape.logitRows, 0), to: .logitRows)
        try graph.launch(shape)
        var logits = [Float](repeating: .nan, count: 100)
        try logits.withUnsafeMutableBufferPointer { try graph.read("logits", rows: 1, into: $0) }
        return logits
    }

    @Test func backendsAgree() throws {
        let eager = try Self.compile(.eager)
        let inductor = try Self.compile(.inductor)
        let sendnn = try Self.compile(.sendnn, shapes: [LaunchShape(rows: 16, sequences: 2, logitRows: 4)])
        for graph in [eager, inductor, sendnn] { try graph.prepare() }
        for rows in [1, 5, 16] {
            let expected = try Self.run(eager, rows: rows)
            let scale = expected.map(abs).max() ?? 0
            #expect(scale > 0.01)
            for graph in [inductor, sendnn] {
                let worst = zip(try Self.run(graph, rows: rows), expected).map { abs($0 - $1) }.max() ?? .infinity
                #expect(worst <= 1e-5 * scale)
            }
        }
    }

    /// Compiling happens in `prepare` alone.
    @Test func nothingIsCompiledAfterPrepare() throws {
        let shapes = [1, 4, 16].map { LaunchShape(rows: $0, sequences: 1, logitRows: 1) }
        for (backend, count) in [(Backend.eager, 0), (.inductor, 1), (.sendnn, 3)] {
            let graph = try Self.compile(backend, shapes: backend == .sendnn ? shapes : [])
            var reports: [Int] = []
            try graph.prepare { completed, total in
                reports.append(completed)
                #expect(total == count)
            }
            #expect(reports == Array(1..<(count + 1)))
            #expect(graph.compilations == count)
            for rows in [1, 2, 4, 9, 16] { _ = try Self.run(graph, rows: rows) }
            #expect(graph.compilations == count)
        }
    }

    @Test func sendnnRefusesUnpreparedShapes() throws {
        let prepared = LaunchShape(rows: 4, sequences: 1, logitRows: 1)
        let graph = try Self.compile(.sendnn, shapes: [prepared])
        // Planned but not compiled yet.
        #expect(throws: GraphError.unpreparedShape(prepared, prepared: [prepared])) { try graph.launch(prepared) }
        try graph.prepare()
        _ = try Self.run(graph, rows: 4)
        for step in [
            LaunchShape(rows: 5, sequences: 1, logitRows: 1), LaunchShape(rows: 4, sequences: 2, logitRows: 1),
            LaunchShape(rows: 4, sequences: 1, logitRows: 2),
        ] {
            #expect(throws: GraphError.unpreparedShape(step, prepared: [prepared])) { try graph.shape(for: step) }
            #expect(throws: GraphError.unpreparedShape(step, prepared: [prepared])) { try graph.launch(step) }
        }
        #expect(graph.compilations == 1)
    }

    /// A compiled graph is launched after `prepare` or not at all.
    @Test func launchNeverCompiles() throws {
        let shape = LaunchShape(rows: 1, sequences: 1, logitRows: 1)
        for backend in [Backend.inductor, .sendnn] {
            let graph = try Self.compile(backend, shapes: [shape])
            #expect(throws: GraphError.self) { try graph.launch(shape) }
            #expect(graph.compilations == 0)
        }
    }

    /// One layer is QKV, attention with RoPE and KV write, dense, gate with up, down: each reads what the one before wrote.
    @Test func barriersOfALayer() throws {
        let graph = try Self.compile(.inductor)
        #expect(try graph.barrierCount() == nil)
        try graph.prepare()
        // Between the embedding, the five ops of the layer and the head.
        #expect(try graph.barrierCount() == 6)
    }

    @Test func stepsAboveTheMaximumAreRefused() throws {
        for backend in [Backend.eager, .inductor] {
            let graph = try Self.compile(backend)
            try graph.prepare()
            #expect(throws: GraphError.self) { try graph.shape(for: LaunchShape(rows: 17, sequences: 1, logitRows: 1)) }
        }
    }
}
