import SpyreBenchmark
import SpyreExecutor
import SpyreGraph

/// What `spyre bench latency` prints.
struct LatencyRow: Encodable, Equatable {
    let model: String
    let dtype: String
    let kvCacheDtype: String
    let backend: String
    let threads: Int
    let sequences: Int
    let repeats: Int
    let depth: Int
    let prefillTokens: Int
    let prefillTokensPerSecond: Double
    let decodeTokens: Int
    let decodeTokensPerSecond: Double
    let firstTokenSeconds: Double
    let stepMillisecondsMedian: Double
    let stepMillisecondsP99: Double
    /// Until the first step could run.
    let loadSeconds: Double
    /// The part of it after the weights were packed.
    let warmUpSeconds: Double
    /// Resident memory of the process at the greatest; absent where it is not known.
    let peakMemoryBytes: Int?
    /// The least that a decode step reads.
    let decodeBytes: Double?
    let prefillOperations: Double?
    /// Of the limits of the processor, medians over the repeats.
    let prefillFraction: Double?
    let decodeFraction: Double?
    /// Bytes per second of a plain read loop, in units of 10^9.
    let readGBps: Double?
    /// Of the packed weights in device memory; absent where it is not known.
    let weightBytes: Int?
    let prefillRuns: [Double]
    let decodeRuns: [Double]

    enum CodingKeys: String, CodingKey {
        case model, dtype, backend, threads, sequences, repeats, depth
        case kvCacheDtype = "kv_cache_dtype"
        case prefillTokens = "prefill_tokens"
        case prefillTokensPerSecond = "prefill_tokens_per_second"
        case decodeTokens = "decode_tokens"
        case decodeTokensPerSecond = "decode_tokens_per_second"
        case firstTokenSeconds = "first_token_seconds"
        case stepMillisecondsMedian = "step_milliseconds_median"
        case stepMillisecondsP99 = "step_milliseconds_p99"
        case loadSeconds = "load_seconds"
        case warmUpSeconds = "warm_up_seconds"
        case peakMemoryBytes = "peak_memory_bytes"
        case decodeBytes = "decode_bytes"
        case prefillOperations = "prefill_operations"
        case prefillFraction = "prefill_fraction"
        case decodeFraction = "decode_fraction"
        case readGBps = "read_gbps"
        case weightBytes = "weight_bytes"
        case prefillRuns = "prefill_runs"
        case decodeRuns = "decode_runs"
    }

    init(
        model: ModelOptions, threads: Int, work: LatencyWork, runs: [LatencyRun], loadSeconds: Double,
        warmUpSeconds: Double, weightBytes: Int?, peakMemory: Int?, modelWork: ModelWork?
    ) {
        self.model = model.model
        dtype = model.dtype.rawValue
        kvCacheDtype = model.kvCacheDtype.scalarType(for: model.dtype).description
        backend = model.backend.rawValue
        self.threads = threads
        sequences = work.sequences
        repeats = work.repeats
        depth = work.depth
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
        self.warmUpSeconds = Self.rounded(warmUpSeconds, 1e4)
        self.weightBytes = weightBytes
        peakMemoryBytes = peakMemory
        let operations = modelWork?.operations(prompt: work.promptTokens, depth: work.depth)
        let bytes = modelWork?.bytes(sequences: work.sequences, context: work.meanContext)
        prefillOperations = operations.map { $0.values.reduce(0, +) * Double(work.sequences) }
        decodeBytes = bytes
        prefillFraction = Self.median(runs) { run, limits in
            operations.map { limits.seconds($0) * Double(work.sequences) / run.prefill }
        }
        decodeFraction = Self.median(runs) { run, limits in
            bytes.map { limits.seconds(bytes: $0) / Statistics.median(run.steps) }
        }
        readGBps = Self.median(runs) { _, limits in limits.readRate * 1e-9 }
    }

    /// nil unless every repeat has a figure.
    private static func median(
        _ runs: [LatencyRun], _ figure: (LatencyRun, ModelLimits.Sample) -> Double?
    ) -> Double? {
        let figures = runs.compactMap { run in run.limits.flatMap { figure(run, $0) } }
        return figures.isEmpty || figures.count < runs.count ? nil : rounded(Statistics.median(figures), 1e4)
    }

    private static func rounded(_ value: Double, _ unit: Double = 100) -> Double { (value * unit).rounded() / unit }

    /// For people.
    var lines: [String] {
        let rate = { (value: Double) in Decimals.text(value, digits: 1) }
        let percent = { (fraction: Double?) in fraction.map(KernelText.percent) ?? "-" }
        let table = TextTable(
            header: ["", "tokens", "tokens/s", "lowest", "highest", "of limit"],
            rows: [
                [
                    "prefill", "\(prefillTokens)", rate(prefillTokensPerSecond), rate(prefillRuns.min() ?? .nan),
                    rate(prefillRuns.max() ?? .nan), percent(prefillFraction),
                ],
                [
                    "decode", "\(decodeTokens)", rate(decodeTokensPerSecond), rate(decodeRuns.min() ?? .nan),
                    rate(decodeRuns.max() ?? .nan), percent(decodeFraction),
                ],
            ], rightAligned: [1, 2, 3, 4, 5])
        let times = [
            "first token after \(Decimals.text(firstTokenSeconds, digits: 3)) s",
            "step \(Decimals.text(stepMillisecondsMedian, digits: 2)) ms, p99 "
                + Decimals.text(stepMillisecondsP99, digits: 2),
            "load and warm-up \(Decimals.text(loadSeconds, digits: 2)) s",
            peakMemoryBytes.map { "peak memory \(Decimals.bytes($0))" },
            weightBytes.map { "packed weights \(Decimals.bytes($0))" },
        ].compactMap(\.self)
        let head =
            "\(OneLine.text(model)), dtype \(dtype), backend \(backend), threads \(threads), batch \(sequences)"
            + (depth > 0 ? ", depth \(depth)" : "")
        return [head + ", medians of \(repeats)"] + table.lines + [times.joined(separator: ", ")]
    }
}
