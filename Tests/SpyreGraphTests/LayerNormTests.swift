import Foundation
import SpyreDevice
import Testing

@testable import SpyreGraph

/// LayerNorm and both forms of GELU, recorded, compiled and held against their definitions in float64.
@Suite struct LayerNormTests {
    static let columns = 64
    static let vocabulary = 100
    static let epsilon: Float = 1e-5

    static func record() throws -> Graph {
        let recorder = GraphRecorder { _ in .float32 }
        let batch = PagedBatch(recorder: recorder, maximumBlocks: 2)
        let table = try recorder.matrix("embedding", outputs: vocabulary, columns: columns)
        let weights = ["first", "second"].map { recorder.vector($0, count: columns) }
        let bias = recorder.vector("bias", count: columns)
        let x = batch.tokenIDs.embedding(table).layerNorm(weights[0], bias: bias, epsilon: epsilon)
        recorder.output("biased", x)
        recorder.output("exact", x.gelu())
        recorder.output("tanh", x.layerNorm(weights[1], epsilon: epsilon).gelu(.tanh))
        return recorder.graph
    }

    static func compile(_ backend: Backend, rows: Int) throws -> CompiledGraph {
        let stream = try Stream(device: try Device(threads: 2))
        let shape = LaunchShape(rows: rows, sequences: 1, logitRows: 1)
        return try CompiledGraph(
            try record(), backend: backend, maximum: shape, shapes: backend == .sendnn ? [shape] : [], stream: stream,
            images: ParameterImages(stream: stream),
            source: BackendTests.Weights(counts: ["first": columns, "second": columns, "bias": columns]),
            cache: try KVCache(
                stream: stream, layers: 1, blockCount: 2, heads: AttentionHeads(count: 1, kvCount: 1, size: 16),
                type: .float32))
    }

    static func normed(_ x: [Double], _ weight: String, bias: String?) -> [Double] {
        let mean = x.reduce(0, +) / Double(x.count)
        let variance = x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(x.count)
        return x.indices.map { i in
            let scaled = (x[i] - mean) / (variance + Double(epsilon)).squareRoot()
            let offset = bias.map { 0.5 + Double(BackendTests.Weights.value($0, i)) } ?? 0
            return scaled * (0.5 + Double(BackendTests.Weights.value(weight, i))) + offset
        }
    }

    @Test(arguments: [Backend.eager, .inductor, .sendnn])
    func theResultIsThatOfTheDefinition(backend: Backend) throws {
        let ids: [Int32] = [0, 99, 7, 42, 7]
        let graph = try Self.compile(backend, rows: ids.count)
        try graph.prepare()
        try graph.write(ids, to: .tokenIDs)
        try graph.launch(try graph.shape(for: LaunchShape(rows: ids.count, sequences: 1, logitRows: 1)))
        func read(_ output: String) throws -> [Float] {
            var values = [Float](repeating: .nan, count: ids.count * Self.columns)
            try values.withUnsafeMutableBufferPointer { try graph.read(output, rows: ids.count, into: $0) }
            return values
        }
        var expected: [String: [Double]] = [:]
        for id in ids {
            let row = (0..<Self.columns).map {
                Double(BackendTests.Weights.value("embedding", Int(id) * Self.columns + $0))
            }
            let x = Self.normed(row, "first", bias: "bias")
            expected["biased", default: []] += x
            expected["exact", default: []] += x.map { $0 / 2 * erfc(-$0 / 2.0.squareRoot()) }
            expected["tanh", default: []] += Self.normed(x, "second", bias: nil).map {
                $0 / 2 * (1 + tanh((2 / Double.pi).squareRoot() * ($0 + 0.044715 * $0 * $0 * $0)))
            }
        }
        for (output, exact) in expected {
            let worst = zip(try read(output), exact).map { abs(Double($0) - $1) }.max() ?? .infinity
            #expect(worst <= 1e-5, "\(output) on \(backend)")
        }
        // The two forms are no more alike than they should be: a mix-up would be seen.
        let biased = try read("biased").map(Double.init)
        let other = biased.map { $0 / 2 * (1 + tanh((2 / Double.pi).squareRoot() * ($0 + 0.044715 * $0 * $0 * $0))) }
        #expect((zip(other, expected["exact"] ?? []).map { abs($0 - $1) }.max() ?? 0) > 1e-4)
    }

    @Test func printedGraphsNameTheForm() throws {
        let lines = "\(try Self.record())".split(separator: "\n")
        #expect(lines.contains { $0.contains("= layer_norm") && $0.contains("first eps 1e-05, bias: bias") })
        #expect(lines.contains { $0.contains("= gelu") && $0.contains("tanh") })
    }
}
