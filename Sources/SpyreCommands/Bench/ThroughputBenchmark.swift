import SpyreBenchmark
import SpyreDevice
import SpyreEngine

/// Runs the requests and times them.
struct ThroughputBenchmark {
    let engine: LLM
    let work: ThroughputWork
    let modelWork: ModelWork?
    let device: DeviceInformation

    struct Run {
        /// From the call to the end of the last request.
        let seconds: Double
        /// Until the first token of each request.
        let firstTokens: [Double]
        /// The least that the processor needs, measured before and after; nil when it is not known.
        let limitSeconds: Double?
        /// At the greatest, before the memory of the bandwidth loop is taken.
        let peakMemory: Int?
        let statistics: EngineStatistics
    }

    func run(repeats: Int, progress: (GenerationProgress) -> Void) throws -> [Run] {
        try warmUp()
        var limits: ModelLimits?
        var peakMemory: Int?
        var runs: [Run] = []
        for _ in 0..<repeats {
            let before = try limits?.sample()
            let clock = ContinuousClock()
            var outputs: [RequestOutput] = []
            engine.resetStatistics()
            let time = try clock.measure { outputs = try generate(progress) }
            peakMemory = peakMemory ?? ProcessMemory.peak()
            if limits == nil { limits = try makeLimits() }
            let statistics = engine.statistics
            let after = try limits?.sample()
            runs.append(
                Run(
                    seconds: time.seconds, firstTokens: outputs.compactMap(\.metrics.firstTokenSeconds),
                    limitSeconds: least([before, after].compactMap(\.self)), peakMemory: peakMemory,
                    statistics: statistics))
        }
        return runs
    }

    private func warmUp() throws {
        let prompts = work.requests.prefix(2).map { Prompt.tokens(Array($0.prompt.prefix(64))) }
        let tokens = min(2, work.requests.map(\.outputTokens).min() ?? 1)
        _ = try engine.generate(prompts, parameters(tokens: tokens))
    }

    private func parameters(tokens: Int) -> SamplingParams {
        SamplingParams(temperature: 0, maxTokens: tokens, ignoreEOS: true)
    }

    private func generate(_ progress: (GenerationProgress) -> Void) throws -> [RequestOutput] {
        let outputs = try withoutActuallyEscaping(progress) { progress in
            try engine.generate(
                work.requests.map { Prompt.tokens($0.prompt) },
                work.requests.map { parameters(tokens: $0.outputTokens) }, progress: progress)
        }
        for (index, output) in outputs.enumerated() {
            let tokens = output.completions.reduce(0) { $0 + $1.tokenIDs.count }
            guard tokens == work.requests[index].outputTokens else {
                let reason = output.completions.compactMap(\.error).first ?? "it ended early"
                throw CommandFailure("request \(index) made \(tokens) tokens: \(OneLine.text(reason))")
            }
        }
        return outputs
    }

    private func makeLimits() throws -> ModelLimits? {
        guard let modelWork else { return nil }
        return try ModelLimits(
            isa: device.isa, threads: device.threads, bytes: modelWork.weightBytes,
            types: work.operations(modelWork).keys)
    }

    private func least(_ samples: [ModelLimits.Sample]) -> Double? {
        guard let modelWork, !samples.isEmpty else { return nil }
        let (operations, bytes) = (
            work.operations(modelWork), work.bytes(modelWork, sequences: engine.limits.maximumSequences)
        )
        return Statistics.median(samples.map { $0.seconds(operations) + $0.seconds(bytes: bytes) })
    }
}
