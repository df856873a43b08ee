import SpyreBenchmark
import SpyreScheduler

/// The page of a trace.
struct TraceReport {
    let row: TraceRow
    let timeline: BatchTimeline
    /// Names and values of the policy's limits.
    let settings: [(String, String)]

    var html: String {
        ReportDocument(
            title: "spyre simulate: \(row.policy)", subtitle: subtitle, tiles: tiles,
            sections: [batch, latencies, details], style: BatchSection.style
        ).html
    }

    private var subtitle: String {
        "\(row.completed) requests" + (row.failed > 0 ? ", \(row.failed) refused" : "")
            + ", \(row.steps) steps in \(Markup.figure(row.duration)) simulated seconds"
    }

    private var tiles: [ReportDocument.Tile] {
        let counts: [(String, Int?)] = [("sent back", row.preemptions), ("parked", row.pauseEvents)]
        func time(_ name: String, _ milliseconds: Double) -> ReportDocument.Tile {
            milliseconds < 10_000
                ? ReportDocument.Tile(name: name, value: Markup.figure(milliseconds), unit: "ms")
                : ReportDocument.Tile(name: name, value: Markup.figure(milliseconds / 1000), unit: "s")
        }
        return [
            ReportDocument.Tile(name: "output", value: Markup.figure(row.outputThroughput), unit: "tokens/s"),
            time("first token, median", row.ttft.median), time("first token, p99", row.ttft.p99),
            time("between tokens, median", row.itl.median),
            ReportDocument.Tile(name: "KV usage, mean", value: Markup.figure(row.meanKVUsage * 100), unit: "%"),
        ]
            + counts.compactMap { name, count in
                count.map { ReportDocument.Tile(name: name, value: "\($0)", unit: $0 == 1 ? "time" : "times") }
            }
    }

    private var batch: String {
        let range = timeline.range
        let last = timeline.first + timeline.requests.count - 1
        let refused = timeline.requests.count(where: \.isRefused)
        let text =
            "Requests \(timeline.first) to \(last) of \(timeline.total), numbered from 0 in the order of arrival, over the "
            + "\(timeline.steps) steps of \(row.steps) from the arrival of the first to the end of the last of them, "
            + "\(TimelineAxis.time.interval(range.lowerBound, range.upperBound)). Cache, batch and queue are those of all "
            + "requests. --report-from and --report-requests choose others. Point at a bar for its numbers."
            + (refused > 0 ? " \(refused) of the drawn ones were refused." : "")
        return BatchSection(heading: "The batch over time", text: text, timeline: timeline, axis: .time).html()
    }

    private var latencies: String {
        let rows = [("first token", row.ttft), ("between tokens", row.itl), ("whole request", row.e2el)].map {
            [$0] + [$1.mean, $1.median, $1.p90, $1.p99, $1.max].map { Markup.figure($0) }
        }
        return ReportDocument.section(
            "Latencies", "Milliseconds of simulated time, over all requests that ended.",
            ReportDocument.table(["ms", "mean", "median", "p90", "p99", "max"], rows, numbersFrom: 1))
    }

    private var details: String {
        let model = row.stepTime
        let facts = [
            ("policy", row.policy),
            (
                "step time",
                "\(model.a) s + \(model.b) s × prefill tokens + \(model.c) s × decode sequences + \(model.d) s × context tokens"
            ),
            ("prompt tokens", "\(row.totalInputTokens)"), ("output tokens", "\(row.totalOutputTokens)"),
            ("prefill tokens run", "\(row.prefillTokens)"),
            ("prompt tokens found in the prefix cache", "\(row.prefixCacheHitTokens)"),
            ("running at most", "\(row.maxRunning)"), ("waiting at most", "\(row.maxWaiting)"),
        ]
        return ReportDocument.section(
            "Settings and totals", "Of the whole simulation.", ReportDocument.list(facts + settings))
    }
}
