/// The figures of a run, with the definitions of `vllm bench serve` (vllm/benchmarks/serve.py, `calculate_metrics`).
/// Latencies are milliseconds and those of complete replies only.
package struct ServeSummary: Sendable {
    package let duration: Double
    package let completed: Int
    package let failed: Int
    package let unsent: Int
    /// How often each kind of failure came, most frequent first.
    package let failures: [(kind: RequestFailure.Kind, count: Int, example: String)]
    /// Prompt tokens of complete replies, as far as they are known.
    package let inputTokens: Int
    package let outputTokens: Int
    /// Complete replies of servers that did not say how many tokens they had.
    package let repliesWithoutUsage: Int
    /// Complete replies whose prompt tokens nobody knows.
    package let repliesWithoutPromptTokens: Int
    /// Complete replies that kept the service level; nil when none was asked for.
    package let good: Int?
    /// The most requests, failed ones too, that were under way at a time.
    package let peakConcurrency: Int
    /// The most chunks of output in one second, seconds counted from the first sending.
    package let peakChunksPerSecond: Int
    package let timeToFirstToken: Distribution
    package let timePerOutputToken: Distribution
    package let interTokenLatency: Distribution
    package let endToEnd: Distribution
    /// From coming to being sent, of all requests that were sent.
    package let slotWait: Distribution
    /// From the scheduled time to coming: what the client itself was late.
    package let arrivalLag: Distribution

    package init(_ run: RunResult, level: ServiceLevel = ServiceLevel()) {
        let replies = run.outcomes.compactMap { outcome in outcome.timings.map { (sent: outcome.sent, timings: $0) } }
        let timings = replies.map(\.timings)
        duration = run.duration
        completed = timings.count
        failed = run.outcomes.count - timings.count
        unsent = run.unsent
        failures = Self.failures(run.outcomes)
        inputTokens = timings.reduce(0) { $0 + ($1.promptTokens ?? 0) }
        outputTokens = timings.reduce(0) { $0 + $1.outputTokens }
        repliesWithoutUsage = timings.count { !$0.hasUsage }
        repliesWithoutPromptTokens = timings.count { $0.promptTokens == nil }
        good = level.isEmpty ? nil : timings.count { level.isKept(by: $0) }
        peakConcurrency = Self.peakConcurrency(run.outcomes)
        peakChunksPerSecond = Self.chunksPerSecond(replies).max() ?? 0
        timeToFirstToken = Distribution(timings.map { $0.timeToFirstToken * 1000 })
        timePerOutputToken = Distribution(timings.compactMap { $0.timePerOutputToken.map { $0 * 1000 } })
        interTokenLatency = Distribution(timings.flatMap { $0.gaps.map { Double($0) * 1000 } })
        endToEnd = Distribution(timings.map { $0.endToEnd * 1000 })
        slotWait = Distribution(run.outcomes.map { ($0.sent - $0.arrived) * 1000 })
        arrivalLag = Distribution(run.outcomes.map { ($0.arrived - $0.scheduled) * 1000 })
    }

    package var requestThroughput: Double { perSecond(completed) }
    package var goodput: Double? { good.map { perSecond($0) } }
    package var outputThroughput: Double { perSecond(outputTokens) }
    package var totalTokenThroughput: Double { perSecond(inputTokens + outputTokens) }

    private func perSecond(_ count: Int) -> Double { duration > 0 ? Double(count) / duration : 0 }

    /// Chunks of output in each second from the first sending on.
    package static func chunksPerSecond(_ replies: [(sent: Double, timings: RequestTimings)]) -> [Int] {
        guard let first = replies.map(\.sent).min(),
            let last = replies.map({ $0.sent + $0.timings.endToEnd }).max()
        else { return [] }
        var counts = [Int](repeating: 0, count: Int(last - first) + 1)
        for (sent, timings) in replies {
            var time = sent - first + timings.timeToFirstToken
            counts[min(Int(time), counts.count - 1)] += 1
            for gap in timings.gaps {
                time += Double(gap)
                counts[min(Int(time), counts.count - 1)] += 1
            }
        }
        return counts
    }

    /// How many requests were under way from each of these times on. A request that ends makes room for one that begins
    /// at the same time.
    package static func concurrency(_ outcomes: [RequestOutcome]) -> [(time: Double, requests: Int)] {
        let changes =
            outcomes.map { (time: $0.sent, change: 1) } + outcomes.map { (time: max($0.sent, $0.ended), change: -1) }
        var requests = 0
        return changes.sorted { ($0.time, $0.change) < ($1.time, $1.change) }.map { time, change in
            requests += change
            return (time, requests)
        }
    }

    private static func peakConcurrency(_ outcomes: [RequestOutcome]) -> Int {
        concurrency(outcomes).map(\.requests).max() ?? 0
    }

    private static func failures(
        _ outcomes: [RequestOutcome]
    ) -> [(kind: RequestFailure.Kind, count: Int, example: String)] {
        var found: [RequestFailure.Kind: (count: Int, example: String)] = [:]
        for failure in outcomes.compactMap(\.failure) {
            found[failure.kind, default: (0, failure.reason)].count += 1
        }
        return found.map { (kind: $0.key, count: $0.value.count, example: $0.value.example) }
            .sorted { ($1.count, $0.kind.name) < ($0.count, $1.kind.name) }
    }
}
