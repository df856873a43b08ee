import Foundation
import Testing

@testable import SpyreScheduler

/// What the policies have to do with more requests than there is room for.
@Suite struct LoadTests {
    private let stepTime = StepTimeModel(a: 0.01, b: 0.001, c: 0.001, d: 1e-6)

    private func heavyTailed(_ requests: Int, rate: Double, seed: UInt64 = 0) -> SyntheticTrace {
        var trace = SyntheticTrace()
        trace.requests = requests
        trace.rate = rate
        trace.maximumLength = 2048
        trace.seed = seed
        return trace
    }

    /// 1,000 requests with heavy-tailed lengths arrive faster than they can be served: no step is empty while any is
    /// there, and while one waits for blocks at least 90 % of them are in use.
    @Test(arguments: [1, 2, 3], [true, false])
    func noStepIsIdleAndTheCacheIsFullWhileRequestsWait(_ seed: UInt64, _ caching: Bool) throws {
        let policy = try ContinuousPolicy(
            limits: ContinuousLimits(maximumSequences: 512, maximumModelLength: 2048),
            pool: BlockPool(blockCount: 301, cachesPrefixes: caching))
        var simulation = TraceSimulation(
            heavyTailed(1000, rate: 1000, seed: seed).make(), stepTime: stepTime, policy: policy)
        var usage = 0.0, time = 0.0, empty = 0
        let result = try simulation.run { step, scheduled, _ in
            empty += scheduled.isEmpty ? 1 : 0
            guard step.waiting > 0 else { return }
            usage += Double(step.usedBlocks) / Double(step.capacity) * step.seconds
            time += step.seconds
        }
        #expect(result.completed == 1000)
        #expect(empty == 0)
        // Nobody waits for anything but steps: the time in which one runs is all the time there is.
        #expect(abs(result.busy - result.duration) < 0.05 * result.duration)
        #expect(time > 0.5 * result.duration)
        #expect(usage / time >= 0.9, "\\(usage / time)")
    }

    /// The same under the card's rules, where a block counts as soon as it is set aside.
    @Test func theCardsCacheIsSetAsideWhileRequestsWait() throws {
        let policy = try SpyrePolicy(
            limits: SpyreLimits(maximumSequences: 512, maximumModelLength: 2048),
            pool: BlockPool(blockCount: 301, freedOrder: .first))
        var simulation = TraceSimulation(heavyTailed(1000, rate: 1000).make(), stepTime: stepTime, policy: policy)
        var usage = 0.0, time = 0.0
        // Requests start one after the other; what counts is what happens once the cache has been full.
        var hasBeenFull = false
        let result = try simulation.run { step, _, _ in
            let share = Double(step.usedBlocks + step.reservedBlocks) / Double(step.capacity)
            hasBeenFull = hasBeenFull || share > 0.95
            guard step.waiting > 0, hasBeenFull else { return }
            usage += share * step.seconds
            time += step.seconds
        }
        #expect(result.completed == 1000)
        #expect(time > 0.5 * result.duration)
        #expect(usage / time >= 0.9, "\\(usage / time)")
    }

    private func shared(_ gap: Double) -> [TraceRequest] {
        (0..<16).map {
            TraceRequest(arrival: Double($0) * gap, promptLength: 1024 + 40, outputLength: 4, sharedPrefix: 1024)
        }
    }

    /// 16 requests share 1,024 tokens: they are computed once, whether all come at once or one after the other, in one
    /// step or in chunks.
    @Test(arguments: [0, 0.3, 10], [2048, 512, 100])
    func aSharedPrefixIsComputedOnce(_ gap: Double, _ budget: Int) throws {
        let policy = try ContinuousPolicy(
            limits: ContinuousLimits(maximumSequences: 32, maximumStepTokens: budget, maximumModelLength: 2048),
            pool: BlockPool(blockCount: 200))
        var simulation = TraceSimulation(shared(gap), stepTime: stepTime, policy: policy)
        let result = try simulation.run()
        let least = 1024 + 16 * 40
        #expect(result.prefillTokens >= least)
        #expect(Double(result.prefillTokens) <= 1.05 * Double(least), "\(result.prefillTokens)")
    }

    /// The card reuses whole chunks and computes the last one always: of 64-token chunks the first request runs 17, the
    /// others one each; of 512-token chunks 3 and one each.
    @Test(arguments: [0, 10], [(64, 17), (512, 3)])
    func aSharedPrefixUnderTheCardsRules(_ gap: Double, _ chunk: (tokens: Int, count: Int)) throws {
        let policy = try SpyrePolicy(
            limits: SpyreLimits(maximumSequences: 32, maximumModelLength: 2048, chunkTokens: chunk.tokens),
            pool: BlockPool(blockCount: 1000, freedOrder: .first))
        var simulation = TraceSimulation(shared(gap), stepTime: stepTime, policy: policy)
        #expect(try simulation.run().prefillTokens == chunk.tokens * (chunk.count + 15))
    }

    static let requests = ProcessInfo.processInfo.environment["SPYRE_SCHEDULER_REQUESTS"].flatMap(Int.init) ?? 10_000

    /// `SPYRE_SCHEDULER_REQUESTS=1000000` in a release build: each policy ends within 30 s.
    @Test(.serialized, arguments: ["continuous", "spyre", "static"]) func manyRequests(_ name: String) throws {
        let policy: TracePolicy =
            switch name {
            case "continuous":
                .continuous(
                    try ContinuousPolicy(
                        limits: ContinuousLimits(maximumModelLength: 2048),
                        pool: BlockPool(blockCount: 4097)))
            case "spyre":
                .spyre(
                    try SpyrePolicy(
                        limits: SpyreLimits(maximumSequences: 128, maximumModelLength: 2048),
                        pool: BlockPool(blockCount: 4224, freedOrder: .first)))
            default: .static(try StaticPolicy(shapes: WarmupShape.list("512x256x8,2048x2048x4")))
            }
        let trace = heavyTailed(Self.requests, rate: 2).make()
        let clock = ContinuousClock(), start = clock.now
        let result = try policy.run(trace, stepTime: stepTime)
        let seconds = Double((clock.now - start) / .seconds(1))
        #expect(result.completed == Self.requests)
        #if !DEBUG
            if Self.requests >= 1_000_000 {
                print("\\(name): \\(result.completed) requests in \\(seconds) s")
                #expect(seconds <= 30)
            }
        #endif
    }
}
