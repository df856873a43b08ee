import SpyreBenchmark
import SpyreServeBenchmark

/// The result for people.
struct ServeBenchmarkText {
    let row: ServeBenchmarkRow

    private var summary: ServeSummary { row.summary }

    var lines: [String] {
        [head, ended, tokens, speed] + goodput + [""] + table.lines + [""] + failures + [client]
    }

    private var head: String {
        "\(OneLine.text(row.model)) at \(row.address.base)\(row.endpoint.path), \(Self.load(row.load))"
    }

    static func load(_ load: LoadOptions) -> String {
        let duration = load.duration.map { ", for \($0) s" } ?? ""
        guard let rate = load.requestRate.perSecond else {
            return (load.maxConcurrency.map { "\($0) at a time" } ?? "all at once") + duration
        }
        let kind =
            load.arrival == .fixed ? "fixed" : load.burstiness == 1 ? "Poisson" : "burstiness \(load.burstiness)"
        return "\(rate) requests/s (\(kind))" + (load.maxConcurrency.map { ", at most \($0) at a time" } ?? "")
            + duration
    }

    private var ended: String {
        "\(summary.completed) requests completed, \(summary.failed) failed"
            + (summary.unsent > 0 ? ", \(summary.unsent) not sent" : "")
            + " in \(Decimals.text(summary.duration, digits: 2)) s; at most \(summary.peakConcurrency) under way"
    }

    private var tokens: String {
        "\(summary.inputTokens) prompt tokens, \(summary.outputTokens) output tokens"
            + (summary.repliesWithoutUsage > 0 ? " (chunks counted, the server sends no usage)" : "")
    }

    private var speed: String {
        "\(Decimals.text(summary.outputThroughput, digits: 1)) output tokens/s, "
            + "\(Decimals.text(summary.totalTokenThroughput, digits: 1)) tokens/s with prompts, "
            + "\(Decimals.text(summary.requestThroughput, digits: 2)) requests/s"
    }

    private var goodput: [String] {
        guard let rate = summary.goodput, let good = summary.good else { return [] }
        let share = KernelText.percent(Double(good) / Double(max(1, summary.completed + summary.failed)))
        return ["goodput \(Decimals.text(rate, digits: 2)) requests/s: \(good) kept the limits, \(share) of all sent"]
    }

    private var table: TextTable {
        let percentiles = row.figures.shownPercentiles
        let waits = row.load.maxConcurrency == nil ? [] : [("", "wait for a turn", summary.slotWait)]
        let rows = (row.latencies + waits).map { _, name, values in
            [name]
                + ([values.mean, values.median, values.standardDeviation] + percentiles.map { values.percentile($0) })
                .map { $0.isFinite ? Decimals.text($0, digits: 2) : "-" }
        }
        let header = ["ms", "mean", "median", "std"] + percentiles.map { PercentileList.name($0) }
        return TextTable(header: header, rows: rows, rightAligned: Set(1..<header.count))
    }

    private var failures: [String] {
        summary.failures.map { "failed: \($0.count) × \($0.kind.name): \(OneLine.text($0.example))" }
    }

    private var client: String {
        let share = KernelText.percent(row.run.clientProcessorSeconds / max(summary.duration, .leastNonzeroMagnitude))
        let each = row.clientMicrosecondsPerChunk.map { ", \(Markup.figure($0)) µs a chunk" } ?? ""
        return "client: \(share) of a processor\(each); at most "
            + "\(Markup.figure(summary.arrivalLag.maximum)) ms late"
    }
}
