import SpyreBenchmark
import SpyreScheduler

/// What `spyre simulate` prints about a trace. Keys are those of vLLM's `bench serve` where it has them.
struct TraceRow: Encodable, Equatable {
    let policy: String
    let completed: Int
    let failed: Int
    let steps: Int
    let duration: Double
    let busy: Double
    let totalInputTokens: Int
    let totalOutputTokens: Int
    let prefillTokens: Int
    let prefixCacheHitTokens: Int
    let requestThroughput: Double
    let outputThroughput: Double
    let totalTokenThroughput: Double
    let ttft: LatencySummary
    let itl: LatencySummary
    let e2el: LatencySummary
    let meanKVUsage: Double
    let maxRunning: Int
    let maxWaiting: Int
    let preemptions: Int?
    let pauseEvents: Int?
    let resumeEvents: Int?
    let stepTime: StepTimeModel
    /// Real time that the simulation took.
    let wallSeconds: Double

    private enum CodingKeys: String, CodingKey {
        case policy, completed, failed, steps, duration, busy, preemptions
        case totalInputTokens = "total_input_tokens"
        case totalOutputTokens = "total_output_tokens"
        case prefillTokens = "prefill_tokens"
        case prefixCacheHitTokens = "prefix_cache_hit_tokens"
        case requestThroughput = "request_throughput"
        case outputThroughput = "output_throughput"
        case totalTokenThroughput = "total_token_throughput"
        case ttft = "ttft_ms"
        case itl = "itl_ms"
        case e2el = "e2el_ms"
        case meanKVUsage = "mean_kv_cache_usage"
        case maxRunning = "max_num_requests_running"
        case maxWaiting = "max_num_requests_waiting"
        case pauseEvents = "pause_events"
        case resumeEvents = "resume_events"
        case stepTime = "step_time"
        case wallSeconds = "wall_seconds"
    }

    init(policy: String, stepTime: StepTimeModel, result: TraceResult, wallSeconds: Double) {
        self.policy = policy
        completed = result.completed
        failed = result.refused
        steps = result.steps
        duration = Rounding.significant(result.duration, 6)
        busy = Rounding.significant(result.busy, 6)
        totalInputTokens = result.promptTokens
        totalOutputTokens = result.outputTokens
        prefillTokens = result.prefillTokens
        prefixCacheHitTokens = result.hitTokens
        let rate = { (count: Int) in
            result.duration > 0 ? Rounding.significant(Double(count) / result.duration, 5) : 0
        }
        requestThroughput = rate(result.completed)
        outputThroughput = rate(result.outputTokens)
        totalTokenThroughput = rate(result.promptTokens + result.outputTokens)
        ttft = LatencySummary(result.firstToken)
        itl = LatencySummary(result.betweenTokens)
        e2el = LatencySummary(result.endToEnd)
        meanKVUsage = Rounding.significant(result.meanUsage, 4)
        maxRunning = result.greatestRunning
        maxWaiting = result.greatestWaiting
        preemptions = result.preemptions
        pauseEvents = result.pauseEvents
        resumeEvents = result.resumeEvents
        self.stepTime = stepTime
        self.wallSeconds = Rounding.significant(wallSeconds, 4)
    }

    /// For people.
    var lines: [String] {
        let text = { (value: Double, digits: Int) in Decimals.text(value, digits: digits) }
        let row = { (name: String, summary: LatencySummary) in
            [name] + [summary.mean, summary.median, summary.p90, summary.p99, summary.max].map { text($0, 2) }
        }
        let table = TextTable(
            header: ["ms", "mean", "median", "p90", "p99", "max"],
            rows: [row("first token", ttft), row("between tokens", itl), row("whole request", e2el)],
            rightAligned: [1, 2, 3, 4, 5])
        let counts = [
            "at most \(maxRunning) running, \(maxWaiting) waiting", "KV usage \(text(meanKVUsage * 100, 1)) %",
            preemptions.map { "\($0) preemptions" }, pauseEvents.map { "\($0) pauses" },
            prefixCacheHitTokens > 0 ? "\(prefixCacheHitTokens) prefix tokens found" : nil,
        ].compactMap(\.self)
        return [
            "\(policy): \(completed) requests" + (failed > 0 ? ", \(failed) refused" : "")
                + ", \(steps) steps in \(text(duration, 2)) simulated s (\(text(wallSeconds, 2)) s)",
            "\(text(requestThroughput, 2)) requests/s, \(text(outputThroughput, 1)) output tokens/s, "
                + "\(text(totalTokenThroughput, 1)) tokens/s with prompts",
        ] + table.lines + [counts.joined(separator: ", ")]
    }
}
