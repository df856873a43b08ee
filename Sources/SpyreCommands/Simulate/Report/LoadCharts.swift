import SpyreBenchmark

/// How full the cache and the batch were, on the same horizontal axis as the bars of the requests.
struct LoadCharts {
    let timeline: BatchTimeline
    let axis: TimelineAxis

    private static let height = 168.0
    /// Pixels of an interval that has a title of its own.
    private static let columnWidth = 2.0

    private var samples: [LoadSeries.Sample] {
        let range = timeline.range
        let columns = (TimelineChart.width - Chart.margin.left - Chart.margin.right) / Self.columnWidth
        return timeline.load.folded(width: (range.upperBound - range.lowerBound) / columns)
    }

    var hasReserved: Bool { timeline.load.samples.contains { $0.load.reservedBlocks > 0 } }
    var hasPaused: Bool { timeline.load.samples.contains { $0.load.paused > 0 } }
    var hasWaiting: Bool { timeline.load.samples.contains { $0.load.waiting > 0 } }

    /// Blocks in use, and above them those that are set aside, in per cent of all.
    var cache: String {
        let percent = 100 / Double(max(1, timeline.capacity))
        let samples = self.samples
        let most = samples.map { ($0.load.usedBlocks + $0.load.reservedBlocks) * percent }.max() ?? 0
        let chart = chart(
            upTo: most > 45 ? 100 : most * 1.15, "KV blocks, % of \(timeline.capacity)", "KV usage", isCount: false)
        var parts: [String] = []
        if hasReserved {
            parts.append(
                area(samples, chart, "reserved") { ($0.load.usedBlocks + $0.load.reservedBlocks) * percent })
        }
        parts.append(area(samples, chart, "used") { $0.load.usedBlocks * percent })
        return chart.svg(parts + hovers(samples, chart, cacheTitle))
    }

    private func cacheTitle(_ sample: LoadSeries.Sample) -> String {
        let share = Markup.figure(100 * sample.load.usedBlocks / Double(max(1, timeline.capacity)))
        let count =
            sample.steps > 1 ? "mean \(Markup.figure(sample.load.usedBlocks))" : Markup.figure(sample.load.usedBlocks)
        return "\(axis.interval(sample.start, sample.end)): \(count) of \(timeline.capacity) blocks in use (\(share)%)"
            + (sample.steps > 1 ? ", at most \(Markup.figure(sample.mostUsedBlocks))" : "")
            + (hasReserved ? ", \(Markup.figure(sample.load.reservedBlocks)) set aside" : "")
    }

    /// Requests that run, and those that are parked.
    var running: String {
        let samples = self.samples
        let most = samples.map { max($0.load.running, $0.load.paused) }.max() ?? 0
        let chart = chart(upTo: most * 1.1, "requests in the batch", "Requests in the batch")
        var parts = [line(samples, chart, "line c0", \.load.running)]
        if hasPaused { parts.append(line(samples, chart, "line c6", \.load.paused)) }
        return chart.svg(parts + hovers(samples, chart, countTitle))
    }

    var waiting: String {
        let samples = self.samples
        let chart = chart(
            upTo: (samples.map(\.load.waiting).max() ?? 0) * 1.1, "requests that wait", "Waiting requests")
        return chart.svg([line(samples, chart, "line c1", \.load.waiting)] + hovers(samples, chart, countTitle))
    }

    private func countTitle(_ sample: LoadSeries.Sample) -> String {
        "\(axis.interval(sample.start, sample.end)): \(Markup.figure(sample.load.running)) in the batch, "
            + (hasPaused ? "\(Markup.figure(sample.load.paused)) parked, " : "")
            + "\(Markup.figure(sample.load.waiting)) waiting"
    }

    // MARK: Drawing

    private func chart(
        upTo most: Double, _ label: String, _ description: String, isCount: Bool = true
    ) -> Chart {
        var chart = Chart(
            width: TimelineChart.width, height: Self.height, x: timeline.range, y: 0...max(most, 1e-6),
            isLogarithmicX: false, isLogarithmicY: false, xLabel: axis.label, yLabel: label,
            description: "\(description) over \(axis.label)")
        chart.xTicks = axis.ticks(chart.x)
        chart.yTicks = chart.y.ticks(3).filter { !isCount || $0 == $0.rounded() }
        return chart
    }

    /// The corners of a line that stays level over each interval.
    private func corners(
        _ samples: [LoadSeries.Sample], _ chart: Chart, _ value: (LoadSeries.Sample) -> Double
    ) -> [(Double, Double)] {
        samples.flatMap { sample in
            let y = chart.y.position(value(sample))
            return [(chart.x.position(sample.start), y), (chart.x.position(sample.end), y)]
        }
    }

    private func line(
        _ samples: [LoadSeries.Sample], _ chart: Chart, _ style: String, _ value: (LoadSeries.Sample) -> Double
    ) -> String {
        Chart.path(corners(samples, chart, value), style)
    }

    private func area(
        _ samples: [LoadSeries.Sample], _ chart: Chart, _ style: String, _ value: (LoadSeries.Sample) -> Double
    ) -> String {
        let corners = corners(samples, chart, value)
        guard let first = corners.first, let last = corners.last else { return "" }
        return Chart.path([(first.0, chart.plotBottom)] + corners + [(last.0, chart.plotBottom)], "area \(style)")
    }

    /// Invisible columns that say what is under them.
    private func hovers(
        _ samples: [LoadSeries.Sample], _ chart: Chart, _ title: (LoadSeries.Sample) -> String
    ) -> [String] {
        samples.map { sample in
            let from = chart.x.position(sample.start)
            return Markup.element(
                "rect",
                [
                    ("x", Markup.number(from)), ("y", Markup.number(Chart.margin.top)),
                    ("width", Markup.number(max(0.5, chart.x.position(sample.end) - from))),
                    ("height", Markup.number(chart.plotBottom - Chart.margin.top)), ("class", "column"),
                ], Markup.element("title", [], Markup.escape(title(sample))))
        }
    }
}
