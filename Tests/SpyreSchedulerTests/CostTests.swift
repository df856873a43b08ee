import Testing

@testable import SpyreScheduler

/// What a step costs does not depend on how many wait.
@Suite(.serialized) struct CostTests {
    /// Seconds of a step with 32 running requests, the least of several runs of steps.
    private func seconds<Policy: SchedulingPolicy>(_ policy: Policy, waiting: Int) throws -> Double {
        var policy = policy
        for id in 0..<32 + waiting { try policy.add(request(id, 100, new: 400)) }
        try policy.steps(until: { $0.runningCount >= 32 })
        var best = Double.infinity
        for _ in 0..<7 {
            let time = try ContinuousClock().measure {
                for _ in 0..<50 { try policy.step() }
            }
            best = min(best, Double(time.components.attoseconds) * 1e-18 / 50)
        }
        #expect(policy.runningCount == 32)
        #expect(policy.waitingCount == waiting)
        return best
    }

    private func check<Policy: SchedulingPolicy>(_ make: () throws -> Policy) throws {
        let few = try seconds(make(), waiting: 10), many = try seconds(make(), waiting: 100_000)
        print("\(Policy.self): \(few * 1e6) us with 10 waiting, \(many * 1e6) us with 100000")
        #expect(many < 3 * few)
        #if !DEBUG
            #expect(many < 10e-6)
        #endif
    }

    @Test func continuousPolicy() throws {
        try check { try continuous(blocks: 2000, blockTokens: 64, sequences: 32, budget: 4096, length: 512) }
    }

    @Test func spyrePolicy() throws {
        try check {
            try SpyrePolicy(
                limits: SpyreLimits(maximumSequences: 32, maximumModelLength: 512, chunkTokens: 128),
                pool: BlockPool(blockCount: 2000, freedOrder: .first))
        }
    }

    @Test func staticPolicy() throws {
        try check { try StaticPolicy(shapes: WarmupShape.list("128x400x32,256x400x8")) }
    }
}
