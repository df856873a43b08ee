import SpyreBenchmark
import SpyreDevice
import SpyreEngine

/// What `spyre bench throughput` prints.
struct ThroughputRow: Encodable, Equatable {
    let model: String
    let dtype: String
    let kvCacheDtype: String
    let backend: String
    let policy: String
    let prefixCaching: Bool
    let isa: String
    let threads: Int
    let maxNumSeqs: Int
    let requests: Int
    let seed: UInt64
    let repeats: Int
    let promptTokens: Int
    let outputTokens: Int
    let seconds: Double
    let requestsPerSecond: Double
    let outputTokensPerSecond: Double
    let totalTokensPerSecond: Double
    let firstTokenSecondsMedian: Double
    let firstTokenSecondsP99: Double
    let limitSeconds: Double?
    let fraction: Double?
    let loadSeconds: Double
    /// Steps of the last run, and which parts of their time went to the scheduler and to the model.
    let steps: Int
    let schedulerFraction: Double
    let executorFraction: Double
    /// The most of the KV cache that was in use at a time.
    let peakCacheFraction: Double
    let peakMemoryBytes: Int?

    private enum CodingKeys: String, CodingKey {
        case model, dtype, backend, policy, isa, threads, requests, seed, repeats, seconds, fraction, steps
        case prefixCaching = "prefix_caching"
        case kvCacheDtype = "kv_cache_dtype"
        case maxNumSeqs = "max_num_seqs"
        case promptTokens = "prompt_tokens"
        case outputTokens = "output_tokens"
        case requestsPerSecond = "requests_per_second"
        case outputTokensPerSecond = "output_tokens_per_second"
        case totalTokensPerSecond = "total_tokens_per_second"
        case firstTokenSecondsMedian = "first_token_seconds_median"
        case firstTokenSecondsP99 = "first_token_seconds_p99"
        case limitSeconds = "limit_seconds"
        case loadSeconds = "load_seconds"
        case schedulerFraction = "scheduler_fraction"
        case executorFraction = "executor_fraction"
        case peakCacheFraction = "peak_cache_fraction"
        case peakMemoryBytes = "peak_memory_bytes"
    }

    init(
        model: ModelOptions, policy: PolicyName, cachesPrefixes: Bool, device: DeviceInformation,
        work: ThroughputWork,
        runs: [ThroughputBenchmark.Run],
        sequences: Int, loadSeconds: Double
    ) {
        self.model = model.model
        dtype = model.dtype.rawValue
        kvCacheDtype = model.kvCacheDtype.scalarType(for: model.dtype).description
        backend = model.backend.rawValue
        self.policy = policy.rawValue
        prefixCaching = cachesPrefixes
        isa = device.isa
        threads = device.threads
        maxNumSeqs = sequences
        requests = work.requests.count
        seed = work.seed
        repeats = runs.count
        promptTokens = work.promptTokens
        outputTokens = work.outputTokens
        let seconds = Statistics.median(runs.map(\.seconds))
        self.seconds = Rounding.significant(seconds, 5)
        requestsPerSecond = Rounding.significant(Double(work.requests.count) / seconds, 5)
        outputTokensPerSecond = Rounding.significant(Double(work.outputTokens) / seconds, 5)
        totalTokensPerSecond = Rounding.significant(Double(work.promptTokens + work.outputTokens) / seconds, 5)
        let firstTokens = runs.flatMap(\.firstTokens)
        firstTokenSecondsMedian = Rounding.significant(Statistics.median(firstTokens), 4)
        firstTokenSecondsP99 = Rounding.significant(Statistics.quantile(firstTokens, 0.99), 4)
        let limits = runs.compactMap(\.limitSeconds)
        limitSeconds = limits.isEmpty ? nil : Rounding.significant(Statistics.median(limits), 5)
        let fractions = runs.compactMap { run in run.limitSeconds.map { $0 / run.seconds } }
        fraction = fractions.isEmpty ? nil : Rounding.significant(Statistics.median(fractions), 4)
        self.loadSeconds = Rounding.significant(loadSeconds, 4)
        let statistics = runs.last?.statistics ?? EngineStatistics()
        let stepSeconds = max(statistics.stepSeconds, .leastNonzeroMagnitude)
        steps = statistics.steps
        schedulerFraction = Rounding.significant(statistics.schedulingSeconds / stepSeconds, 3)
        executorFraction = Rounding.significant(statistics.executionSeconds / stepSeconds, 3)
        peakCacheFraction = Rounding.significant(
            Double(statistics.peakBlocks) / Double(max(1, statistics.blockCapacity)), 3)
        peakMemoryBytes = runs.last?.peakMemory
    }

    /// For people.
    var lines: [String] {
        let text = { (value: Double, digits: Int) in Decimals.text(value, digits: digits) }
        var lines = [
            "\(OneLine.text(model)), dtype \(dtype), backend \(backend), \(isa), threads \(threads), at most "
                + "\(maxNumSeqs) sequences, median of \(repeats)",
            "\(requests) requests, \(promptTokens) prompt tokens, \(outputTokens) output tokens in \(text(seconds, 2)) s",
            "\(text(outputTokensPerSecond, 1)) output tokens/s, \(text(totalTokensPerSecond, 1)) tokens/s with prompts, "
                + "\(text(requestsPerSecond, 2)) requests/s",
            "first token after \(text(firstTokenSecondsMedian, 3)) s, p99 \(text(firstTokenSecondsP99, 3)) s",
        ]
        lines.append(
            "policy \(policy)\(prefixCaching ? " with prefix caching" : ""): \(steps) steps, \(KernelText.percent(executorFraction)) of them in the model, "
                + "\(KernelText.percent(schedulerFraction)) in the scheduler, at most "
                + "\(KernelText.percent(peakCacheFraction)) of the KV cache in use")
        if let fraction, let limitSeconds {
            lines.append("\(KernelText.percent(fraction)) of the limit of \(text(limitSeconds, 2)) s")
        }
        let memory = peakMemoryBytes.map { ", peak memory \(Decimals.bytes($0))" } ?? ""
        return lines + ["load and warm-up \(text(loadSeconds, 2)) s\(memory)"]
    }
}
