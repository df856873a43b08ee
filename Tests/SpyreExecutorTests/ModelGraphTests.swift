import SpyreCheckpoint
import SpyreExecutor
import SpyreGraph
import SpyreTestSupport
import Testing

@Suite struct ModelGraphTests {
    @Test func graniteFusesToSixOpsALayer() throws {
        let checkpoint = try Checkpoint.open(Fixtures.path("micro/granite"))
        let steps = try ModelGraph.passes(of: checkpoint, options: ExecutorOptions(backend: .inductor))
        #expect(steps.first?.pass == "recorded")
        let lines = try #require(steps.last).text.split(separator: "\n")
        let computing = lines.filter { line in
            ["input(", "columns(", "return "].allSatisfy { !line.contains($0) }
        }
        // Two layers of QKV, RoPE with KV write, attention, dense, gate/up, down; the embedding; the head.
        #expect(computing.count == 2 * 6 + 2)
        #expect(lines.contains { $0.contains("scale: ") && $0.contains("embedding(") })
    }

    @Test func eagerFusesNothing() throws {
        let checkpoint = try Checkpoint.open(Fixtures.path("micro/granite"))
        let steps = try ModelGraph.passes(of: checkpoint, options: ExecutorOptions(backend: .eager))
        #expect(steps.map(\.pass) == ["recorded"])
    }
}
