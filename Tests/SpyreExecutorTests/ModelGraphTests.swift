import SpyreCheckpoint
import SpyreExecutor
import SpyreGraph
import SpyreTestSupport
import Testing

@Suite struct ModelGraphTests {
    @Test func graniteFusesToFiveOpsALayer() throws {
        let checkpoint = try Checkpoint.open(Fixtures.path("micro/granite"))
        let steps = try ModelGraph.passes(of: checkpoint, options: ExecutorOptions(backend: .inductor))
        #expect(steps.first?.pass == "recorded")
        #expect(steps.suffix(2).map(\.pass) == ["layout", "memory_plan"])
        #expect(steps[steps.count - 2].text.contains("ff_sub_layer.wg.weight | "))
        #expect(steps[steps.count - 1].text.hasPrefix("workspace "))
        let lines = try #require(steps.dropLast(2).last).text.split(separator: "\n")
        let computing = lines.filter { line in
            ["input(", "columns(", "return "].allSatisfy { !line.contains($0) }
        }
        // Two layers of QKV, attention with RoPE and KV write, dense, gate/up, down; the embedding; the head.
        #expect(computing.count == 2 * 5 + 2)
        #expect(lines.contains { $0.contains("scale: ") && $0.contains("embedding(") })
    }

    @Test func eagerFusesNothing() throws {
        let checkpoint = try Checkpoint.open(Fixtures.path("micro/granite"))
        let steps = try ModelGraph.passes(of: checkpoint, options: ExecutorOptions(backend: .eager))
        #expect(steps.map(\.pass) == ["recorded", "layout", "memory_plan"])
    }
}
