import Testing

@testable import SpyreScheduler

@Suite struct TraceTests {
    @Test func speed() throws {
        var trace = SyntheticTrace()
        trace.requests = 20000
        trace.rate = 1e6
        let limits = ContinuousLimits(maximumModelLength: 2048)
        var simulation = TraceSimulation(
            trace.make(), stepTime: StepTimeModel(a: 0.01, b: 0.001, c: 0.001, d: 1e-6),
            policy: try ContinuousPolicy(limits: limits, pool: BlockPool(blockCount: 4097, cachesPrefixes: false)))
        let clock = ContinuousClock()
        var result = TraceResult()
        let time = try clock.measure { result = try simulation.run() }
        print(time, result.steps, result.outputTokens, result.completed, result.meanUsage, simulation.policy.preemptions)
    }
}
