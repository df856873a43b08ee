import SpyreBenchmark
import SpyreExecutor
import SpyreGraph

/// What `spyre bench latency` prints.
struct LatencyRow: Encodable, Equatable {
    let model: String
    let dtype: String
    let backend: String
    let threads: Int
    let sequences: Int
    let repeats: Int
    let prefillTokens: Int
    let prefillTokensPerSecond: Double
    let decodeTokens: Int
    let decodeTokensPerSecond: Double
    let firstTokenSeconds: Double
    let stepMillisecondsMedian: Double
    let stepMillisecondsP99: Double
    let loadSeconds: Double
    /// Of the packed weights in device memory; absent where it is not known.
    let weightBytes: Int?
    let prefillRuns: [Double]
    let decodeRuns: [Double]

    private enum CodingKeys: String, CodingKey {
        case model, dtype, backend, threads, sequences, repeats
        case prefillTokens = "prefill_tokens"
        case prefillTokensPerSecond = "prefill_tokens_per_second"
        case decodeTokens = "decode_tokens"
        case decodeTokensPerSecond = "decode_tokens_per_second"
        case firstTokenSeconds = "first_token_seconds"
        case stepMillisecondsMedian = "step_milliseconds_median"
        case stepMillisecondsP99 = "step_milliseconds_p99"
        case loadSeconds = "load_seconds"
        case weightBytes = "weight_bytes"
        case prefillRuns = "prefill_runs"
        case decodeRuns = "decode_runs"
    }

    init(
        model: ModelOptions, threads: Int, work: LatencyWork, runs: [LatencyRun], loadSeconds: Double, weightBytes: Int?
    ) {
        self.model = model.model
        dtype = model.dtype.rawValue
        backend = model.backend.rawValue
        self.threads = threads
        sequences = work.sequences
        repeats = work.repeats
        prefillTokens = work.promptTokens
        decodeTokens = work.outputTokens
        prefillRuns = runs.map { Self.rounded(Double(work.promptTokens * work.sequences) / $0.prefill) }
        decodeRuns = runs.map { Self.rounded(Double(work.outputTokens * work.sequences) / $0.decode) }
        prefillTokensPerSecond = Statistics.median(prefillRuns)
        decodeTokensPerSecond = Statistics.median(decodeRuns)
        firstTokenSeconds = Self.rounded(Statistics.median(runs.map(\.prefill)), 1e6)
        let steps = runs.flatMap(\.steps).map { $0 * 1000 }
        stepMillisecondsMedian = Self.rounded(Statistics.median(steps), 1e4)
        stepMillisecondsP99 = Self.rounded(Statistics.quantile(steps, 0.99), 1e4)
        self.loadSeconds = Self.rounded(loadSeconds, 1e4)
        self.weightBytes = weightBytes
    }

    private static func rounded(_ value: Double, _ unit: Double = 100) -> Double { (value * unit).rounded() / unit }

    /// For people.
    var lines: [String] {
        let rate = { (value: Double) in Decimals.text(value, digits: 1) }
        let table = TextTable(
            header: ["", "tokens", "tokens/s", "lowest", "highest"],
            rows: [
                [
                    "prefill", "\(prefillTokens)", rate(prefillTokensPerSecond), rate(prefillRuns.min() ?? .nan),
                    rate(prefillRuns.max() ?? .nan),
                ],
                [
                    "decode", "\(decodeTokens)", rate(decodeTokensPerSecond), rate(decodeRuns.min() ?? .nan),
                    rate(decodeRuns.max() ?? .nan),
                ],
            ], rightAligned: [1, 2, 3, 4])
        let times = [
            "first token after \(Decimals.text(firstTokenSeconds, digits: 3)) s",
            "step \(Decimals.text(stepMillisecondsMedian, digits: 2)) ms, p99 "
                + Decimals.text(stepMillisecondsP99, digits: 2),
            "load and warm-up \(Decimals.text(loadSeconds, digits: 2)) s",
            weightBytes.map { "packed weights \(Decimals.bytes($0))" },
        ].compactMap(\.self)
        let head = "\(OneLine.text(model)), dtype \(dtype), backend \(backend), threads \(threads), batch \(sequences)"
        return [head + ", medians of \(repeats)"] + table.lines + [times.joined(separator: ", ")]
    }
}
