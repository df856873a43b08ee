import Testing

@testable import SpyreGraph

@Suite struct MemoryPlanTests {
    static let maximum = LaunchShape(rows: 10, sequences: 2, logitRows: 3)

    /// Values that are alive at the same node never share bytes, unless one is a view of, or replaces, the other.
    @Test(arguments: [false, true])
    func liveValuesDoNotOverlap(fused: Bool) throws {
        var graph = try SmallModel(multiplier: 0.5).record()
        if fused { graph = PassPipeline.fused.run(graph) }
        let plan = try MemoryPlan(graph, maximum: Self.maximum)
        let owners = try StorageOwners(graph)
        let blocks = try owners.blocks(of: graph, maximum: Self.maximum)
        for a in blocks {
            for b in blocks where a.owner != b.owner && a.isAlive(with: b) {
                let first = try #require(plan.locations[a.owner]).offset
                let second = try #require(plan.locations[b.owner]).offset
                #expect(first + a.byteCount <= second || second + b.byteCount <= first)
            }
        }
        #expect(plan.byteCount < plan.unsharedByteCount)
    }

    /// The peak of a chain a -> b -> c is two of its values.
    @Test func chainTakesTwoValues() throws {
        let recorder = GraphRecorder { _ in .float32 }
        var x = recorder.input("x", TensorType(rows: .symbol(.rows), columns: 64))
        for layer in 0..<5 { x = x.linear(try recorder.matrix("w\(layer)", outputs: 64, columns: 64)) }
        recorder.output("y", x)
        let plan = try MemoryPlan(recorder.graph, maximum: Self.maximum)
        #expect(plan.byteCount == 2 * 10 * 64 * 4)
        #expect(plan.unsharedByteCount == 5 * 10 * 64 * 4)
    }

    @Test func residualStreamIsUpdatedInPlace() throws {
        let graph = PassPipeline.fused.run(try SmallModel().record())
        let plan = try MemoryPlan(graph, maximum: Self.maximum)
        let residual = try #require(graph.nodes.first { $0.operation is Embedding })
        for node in graph.nodes {
            guard let linear = node.operation as? Linear, linear.residual != nil else { continue }
            #expect(plan.locations[node.value] == plan.locations[residual.value])
        }
    }

    @Test func viewsLieInTheirOwner() throws {
        let graph = PassPipeline.fused.run(try SmallModel().record())
        let plan = try MemoryPlan(graph, maximum: Self.maximum)
        for node in graph.nodes {
            guard let view = node.operation as? Columns else { continue }
            let owner = try #require(plan.locations[view.input])
            let location = try #require(plan.locations[node.value])
            #expect(location.offset == owner.offset + 4 * view.first)
            #expect(location.stride == owner.stride)
        }
    }

    @Test func changingInPlaceWhatIsReadLaterIsRefused() throws {
        let recorder = GraphRecorder { _ in .float32 }
        let batch = PagedBatch(recorder: recorder, maximumBlocks: 1)
        let x = batch.tokenIDs.embedding(try recorder.matrix("e", outputs: 10, columns: 32))
        let rotation = Rotation(
            table: recorder.vector("rope", count: 64), positions: 4, headSize: 16, layout: .interleaved)
        recorder.output("y", x.rotated(rotation, heads: 2, positions: batch.positions) + x)
        #expect(throws: GraphError.self) { try MemoryPlan(recorder.graph, maximum: Self.maximum) }
    }
}
