import SpyreBenchmark
import SpyreServeBenchmark

/// The page of a run.
struct ServeBenchmarkReport {
    let row: ServeBenchmarkRow
    let run: RunResult

    private var summary: ServeSummary { row.summary }

    var html: String {
        ReportDocument(
            title: "spyre bench serve: \(OneLine.text(row.model))", subtitle: subtitle, tiles: tiles,
            sections: [latencies, curves, time, failures, details], style: ServeBenchmarkCharts.style
        ).html
    }

    private var subtitle: String {
        "\(row.address.base)\(row.endpoint.path), \(ServeBenchmarkText.load(row.load)): \(summary.completed) requests "
            + "completed, \(summary.failed) failed in \(Markup.figure(summary.duration)) s"
    }

    private var tiles: [ReportDocument.Tile] {
        func tile(_ name: String, _ value: Double, _ unit: String) -> ReportDocument.Tile {
            ReportDocument.Tile(name: name, value: Markup.figure(value), unit: unit)
        }
        return [
            tile("output", summary.outputThroughput, "tokens/s"), tile("requests", summary.requestThroughput, "/s"),
            tile("first token, median", summary.timeToFirstToken.median, "ms"),
            tile("first token, p99", summary.timeToFirstToken.percentile(99), "ms"),
            tile("per further token, median", summary.timePerOutputToken.median, "ms"),
        ] + (summary.goodput.map { [tile("goodput", $0, "requests/s")] } ?? [])
            + (summary.failed > 0
                ? [ReportDocument.Tile(name: "failed", value: "\(summary.failed)", unit: "requests")] : [])
    }

    private var latencies: String {
        let percentiles = row.figures.shownPercentiles
        let waits = row.load.maxConcurrency == nil ? [] : [("", "wait for a turn", summary.slotWait)]
        let rows = (row.latencies + waits).map { _, name, values in
            [name]
                + ([values.mean, values.standardDeviation, values.median] + percentiles.map { values.percentile($0) }
                + [values.maximum]).map { Markup.figure($0) } + ["\(values.count)"]
        }
        let header =
            ["ms", "mean", "std", "median"] + percentiles.map { PercentileList.name($0) } + ["max", "values"]
        return ReportDocument.section(
            "Latencies",
            "Milliseconds, of replies that are complete. The first token counts from sending; the wait for a "
                + "turn, where --max-concurrency makes one, comes before and is in no other line.",
            ReportDocument.table(header, rows, numbersFrom: 1))
    }

    private var curves: String {
        let figures = row.latencies.enumerated().compactMap { index, entry -> String? in
            guard let chart = ServeBenchmarkCharts.curve(entry.values, name: entry.name, colour: index) else {
                return nil
            }
            return "<figure><figcaption>\(Markup.escape(entry.name))</figcaption>"
                + ReportDocument.scrolling(chart) + "</figure>"
        }
        guard !figures.isEmpty else { return "" }
        return ReportDocument.section(
            "Distributions", "How many per cent stay below so many milliseconds.",
            "<div class=\"figures\">\(figures.joined(separator: "\n"))</div>")
    }

    private var time: String {
        let charts = ServeBenchmarkCharts(run: run, duration: summary.duration)
        let figures = [
            ("Output tokens per second (chunks)", charts.throughput), ("Requests under way", charts.concurrency),
            ("Time to the first token, by the time of sending", charts.firstTokens),
        ].compactMap { name, svg in
            svg.map { "<figure><figcaption>\(name)</figcaption>\(ReportDocument.scrolling($0))</figure>" }
        }
        guard !figures.isEmpty else { return "" }
        return ReportDocument.section(
            "Over time", "Seconds from the beginning. Squares at the bottom are requests that failed.",
            figures.joined(separator: "\n"))
    }

    private var failures: String {
        guard !summary.failures.isEmpty else { return "" }
        let rows = summary.failures.map { [$0.kind.name, "\($0.count)", OneLine.text($0.example)] }
        return ReportDocument.section(
            "Failures", "With the reason of the first of each kind.",
            ReportDocument.table(["kind", "requests", "reason"], rows, numbersFrom: 3))
    }

    private var details: String {
        let work =
            row.work.promptsFile.map { "prompts of \(OneLine.text($0))" }
            ?? "random prompts of \(row.work.randomInputLen) tokens"
        let facts = [
            ("load", ServeBenchmarkText.load(row.load)),
            ("work", "\(work), outputs of \(row.work.randomOutputLen), seed \(row.work.seed)"),
            ("prompt tokens", "\(summary.inputTokens)"),
            ("output tokens", "\(summary.outputTokens)" + (row.usageNotice.map { " (\($0))" } ?? "")),
            ("with prompts", "\(Markup.figure(summary.totalTokenThroughput)) tokens/s"),
            ("under way at most", "\(summary.peakConcurrency)"),
            (
                "client",
                "\(Markup.figure(run.clientProcessorSeconds)) processor seconds"
                    + (row.clientMicrosecondsPerChunk.map { ", \(Markup.figure($0)) µs a chunk" } ?? "")
                    + ", at most \(Markup.figure(summary.arrivalLag.maximum)) ms late"
            ),
            ("spyre", SpyreVersion.current), ("date", row.date.ISO8601Format()),
        ]
        return ReportDocument.section("Settings and totals", "Of the whole run.", ReportDocument.list(facts))
    }
}
