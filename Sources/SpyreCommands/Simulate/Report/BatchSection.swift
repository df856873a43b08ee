import SpyreBenchmark

/// The section of a page that draws a batch over time.
struct BatchSection {
    let heading: String
    let text: String
    let timeline: BatchTimeline
    let axis: TimelineAxis

    /// Styles of the drawings.
    static let style = """
        .queued { fill: var(--axis); }
        .prefill { fill: var(--c1); }
        .decode { fill: var(--c0); }
        .held { fill: var(--c0); opacity: 0.3; }
        .parked { fill: var(--c6); }
        .sentback { fill: var(--c7); }
        .hit, .column { fill: var(--ink); fill-opacity: 0; }
        .request:hover .hit { fill-opacity: 0.08; }
        .column:hover { fill-opacity: 0.12; }
        .used { fill: var(--c2); }
        .reserved { fill: var(--c3); fill-opacity: 0.45; }
        h3 { font-size: 15px; margin: 14px 0 2px; }
        details { margin-top: 14px; }
        summary { cursor: pointer; color: var(--soft); font-size: 14px; }
        """

    /// - Parameter more: HTML below the drawings.
    func html(more: String = "") -> String {
        let charts = LoadCharts(timeline: timeline, axis: axis)
        var parts = [
            ReportDocument.legend(barEntries), scrolling(TimelineChart(timeline: timeline, axis: axis).svg),
            "<h3>KV cache</h3>", charts.hasReserved ? ReportDocument.legend(cacheEntries) : "", scrolling(charts.cache),
            "<h3>Batch</h3>", charts.hasPaused ? ReportDocument.legend(countEntries) : "", scrolling(charts.running),
        ]
        if charts.hasWaiting { parts += ["<h3>Queue</h3>", scrolling(charts.waiting)] }
        return ReportDocument.section(heading, text, (parts.filter { !$0.isEmpty } + [more]).joined(separator: "\n"))
    }

    private func scrolling(_ svg: String) -> String { ReportDocument.scrolling(svg) }

    // MARK: Legends

    private var barEntries: [ReportDocument.LegendEntry] {
        let present = Set(timeline.requests.flatMap { $0.spans.map(\.phase) })
        let names: [(BatchTimeline.Phase, String)] = [
            (.prefill, "prefill"), (.decode, "decode"), (.held, "holds blocks, not in the step"),
            (.parked, "parked"), (.sentBack, "sent back"),
        ]
        let entries = names.filter { present.contains($0.0) }.map { phase, name in
            let look = TimelineChart.look(phase)
            return ReportDocument.LegendEntry(name: name, drawing: Self.symbol(look.style, height: 14 * look.share))
        }
        return [.init(name: "waiting", drawing: Self.symbol("queued", height: 3))] + entries
    }

    private var cacheEntries: [ReportDocument.LegendEntry] {
        [
            .init(name: "in use", drawing: Self.symbol("used", height: 12)),
            .init(name: "set aside", drawing: Self.symbol("reserved", height: 12)),
        ]
    }

    private var countEntries: [ReportDocument.LegendEntry] {
        [
            .init(name: "running", drawing: Chart.line(0, 7, 14, 7, "line c0")),
            .init(name: "parked", drawing: Chart.line(0, 7, 14, 7, "line c6")),
        ]
    }

    private static func symbol(_ style: String, height: Double) -> String {
        Markup.element(
            "rect",
            [
                ("x", "0"), ("y", Markup.number((14 - height) / 2)), ("width", "14"), ("height", Markup.number(height)),
                ("class", style),
            ])
    }
}
