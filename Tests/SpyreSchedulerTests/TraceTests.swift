import Testing

@testable import SpyreScheduler

@Suite struct TraceTests {
    private let stepTime = StepTimeModel(a: 0.01, b: 0.001, c: 0.001, d: 1e-6)

    private func trace(_ requests: Int, rate: Double) -> SyntheticTrace {
        var trace = SyntheticTrace()
        trace.requests = requests
        trace.rate = rate
        trace.promptMean = 60
        trace.outputMean = 20
        trace.maximumLength = 512
        return trace
    }

    private func policy(blocks: Int = 200, sequences: Int = 64) throws -> ContinuousPolicy {
        try continuous(blocks: blocks, sequences: sequences, budget: 512, length: 512)
    }

    @Test func timesOfASingleRequest() throws {
        let request = TraceRequest(arrival: 3, promptLength: 10, outputLength: 3)
        var simulation = TraceSimulation(
            [request], stepTime: StepTimeModel(a: 1, b: 0.5, c: 0.25, d: 0.125), policy: try policy())
        var steps: [ObservedStep] = []
        let result = try simulation.run { step, _, _ in steps.append(step) }
        // 1 + 10 / 2 + 10 / 8; then 1 + 1/4 + 11 / 8 and 12 / 8.
        #expect(steps.map(\.seconds) == [7.25, 2.625, 2.75])
        #expect(steps.map(\.time) == [3, 10.25, 12.875])
        #expect(result.duration == 15.625)
        #expect(result.busy == 12.625)
        #expect(result.firstToken.maximum == 7.25)
        #expect(result.betweenTokens.maximum == 2.75)
        #expect(result.endToEnd.maximum == 12.625)
        #expect((result.completed, result.promptTokens, result.outputTokens) == (1, 10, 3))
    }

    /// Arrivals and lengths that a file or an option may hold and that no simulation could reach the end of.
    @Test func requestsThatCannotBeSimulatedAreErrors() throws {
        for arrival in [Double.nan, .infinity, -1] {
            var simulation = TraceSimulation(
                [TraceRequest(arrival: arrival, promptLength: 1, outputLength: 1)], stepTime: stepTime,
                policy: try policy())
            #expect(throws: SimulationError.self) { try simulation.run() }
        }
        var trace = trace(10, rate: .leastNonzeroMagnitude)
        trace.lengths = .fixed
        var simulation = TraceSimulation(trace.make(), stepTime: stepTime, policy: try policy())
        #expect(throws: SimulationError.self) { try simulation.run() }
    }

    @Test func theSameSeedGivesTheSameRun() throws {
        func run(_ seed: UInt64) throws -> (Double, Int) {
            var trace = trace(200, rate: 20)
            trace.arrivals = .bursty
            trace.seed = seed
            var simulation = TraceSimulation(trace.make(), stepTime: stepTime, policy: try policy())
            let result = try simulation.run()
            return (result.duration, result.steps)
        }
        #expect(try run(1) == run(1))
        #expect(try run(1) != run(2))
    }

    @Test(arguments: SyntheticTrace.Arrivals.allCases, SyntheticTrace.Lengths.allCases)
    func drawnRequestsAreAsAskedFor(_ arrivals: SyntheticTrace.Arrivals, _ lengths: SyntheticTrace.Lengths) {
        var trace = SyntheticTrace()
        trace.arrivals = arrivals
        trace.lengths = lengths
        trace.requests = 20_000
        trace.rate = 50
        trace.promptMean = 100
        trace.maximumLength = 1 << 20
        let requests = trace.make()
        let mean = Double(requests.reduce(0) { $0 + $1.promptLength }) / 20_000
        #expect(abs(mean - 100) < 5, "\(mean)")
        let seconds = requests[requests.count - 1].arrival
        #expect(abs(20_000 / seconds - 50) < 5, "\(seconds)")
        #expect(requests.allSatisfy { $0.fault == nil })
        let gaps = zip(requests.dropFirst(), requests).map { $0.arrival - $1.arrival }
        #expect(gaps.allSatisfy { $0 >= 0 })
        #expect((gaps.count { $0 == 0 } > 10_000) == (arrivals == .bursty))
    }

    /// Samples of a known model give it back; a coefficient that would come out negative is left out.
    @Test func aModelIsFittedToMeasuredSteps() throws {
        let model = StepTimeModel(a: 0.004, b: 0.0005, c: 0.0008, d: 2e-6)
        let works = [
            StepWork(prefillTokens: 512, contextTokens: 512), StepWork(prefillTokens: 64, contextTokens: 64),
            StepWork(decodeSequences: 1, contextTokens: 1000), StepWork(decodeSequences: 32, contextTokens: 4000),
            StepWork(prefillTokens: 100, decodeSequences: 10, contextTokens: 9000),
        ]
        let fitted = try #require(
            StepTimeModel.fitted(to: works.map { StepTimeModel.Sample(work: $0, seconds: model.seconds($0)) }))
        for (a, b) in zip(fitted.coefficients, model.coefficients) { #expect(abs(a - b) < 1e-6 * b) }
        let decreasing = [(1, 1.0), (2, 0.9), (3, 0.8)].map { rows, seconds in
            StepTimeModel.Sample(work: StepWork(decodeSequences: rows), seconds: seconds)
        }
        let constant = try #require(StepTimeModel.fitted(to: decreasing))
        #expect(constant.c == 0 && constant.isUsable)
        #expect(StepTimeModel.fitted(to: []) == nil)
    }

    @Test func quantilesOfDurations() {
        var histogram = DurationHistogram()
        #expect(histogram.quantile(0.5) == 0)
        for value in (1...1000).shuffled() { histogram.record(Double(value) / 1000) }
        for fraction in [0.01, 0.5, 0.9, 0.99, 1] {
            #expect(abs(histogram.quantile(fraction) / fraction - 1) < 0.006, "\(fraction)")
        }
        #expect(abs(histogram.mean - 0.5005) < 1e-9)
        #expect(histogram.maximum == 1)
        histogram.record(0)
        histogram.record(1e30)
        #expect(histogram.maximum == 1e30)
    }

    @Test func paddedShapesCostWhatTheyRun() throws {
        var spyre = try SpyrePolicy(
            limits: SpyreLimits(maximumSequences: 2, maximumModelLength: 512, chunkTokens: 128),
            pool: BlockPool(blockCount: 36))
        try spyre.add(request(0, 10))
        #expect(StepWork(try spyre.step(), blockTokens: 64) == StepWork(prefillTokens: 128, contextTokens: 74))
        #expect(StepWork(try spyre.step(), blockTokens: 64) == StepWork(decodeSequences: 1, contextTokens: 11))
        var fixed = try StaticPolicy(shapes: WarmupShape.list("64x20x4"))
        try fixed.add(request(0, 10))
        #expect(StepWork(try fixed.step(), blockTokens: 64) == StepWork(prefillTokens: 256, contextTokens: 256))
        #expect(StepWork(try fixed.step(), blockTokens: 64) == StepWork(decodeSequences: 4, contextTokens: 260))
    }
}
