import SpyreBenchmark
import SpyreServeBenchmark

/// The plots of a run.
struct ServeBenchmarkCharts {
    let run: RunResult
    let duration: Double

    static let style = ".mark { fill-opacity: 0.75; }"
    private static let width = 1080.0
    private static let height = 220.0
    private static let curveWidth = 520.0
    private static let curvePlaces = 200
    /// More marks than these only make a page heavy.
    private static let greatestMarks = 4000
    private static let greatestColumns = 400

    // MARK: Distributions

    /// The share of values below each value, up to the 99.9th percentile: a few far ones would flatten the rest.
    static func curve(_ values: Distribution, name: String, colour: Int) -> String? {
        guard values.count > 1 else { return nil }
        let most = values.percentile(99.9)
        guard most > 0 else { return nil }
        var chart = Chart(
            width: curveWidth, height: height, x: 0...most * 1.05, y: 0...100, isLogarithmicX: false,
            isLogarithmicY: false, xLabel: "ms", yLabel: "% of \(values.count)", description: "Distribution of \(name)")
        chart.yTicks = [0, 25, 50, 75, 100]
        let points = values.quantiles(curvePlaces).filter { $0.value <= most * 1.05 }
        return chart.svg([
            Chart.path(
                points.map { (chart.x.position($0.value), chart.y.position($0.fraction * 100)) }, "line c\(colour)")
        ])
    }

    // MARK: Over time

    private func chart(_ most: Double, _ label: String, isCount: Bool = false) -> Chart {
        var chart = Chart(
            width: Self.width, height: Self.height, x: 0...max(duration, 1e-3), y: 0...max(most * 1.1, 1e-6),
            isLogarithmicX: false, isLogarithmicY: false, xLabel: "s", yLabel: label, description: "\(label) over time")
        chart.xTicks = chart.x.ticks(10)
        chart.yTicks = chart.y.ticks(4).filter { !isCount || $0 == $0.rounded() }
        return chart
    }

    /// In intervals of a second, longer ones where there would be too many, or tenths of a short run.
    var throughput: String? {
        let replies = run.outcomes.compactMap { outcome in outcome.timings.map { (outcome.sent, $0) } }
        guard !replies.isEmpty, duration > 0 else { return nil }
        let interval = duration < 10 ? duration / 40 : max(1, duration / Double(Self.greatestColumns))
        var counts = [Int](repeating: 0, count: Int(duration / interval) + 1)
        for (sent, timings) in replies {
            var time = sent + timings.timeToFirstToken
            counts[min(Int(time / interval), counts.count - 1)] += 1
            for gap in timings.gaps {
                time += Double(gap)
                counts[min(Int(time / interval), counts.count - 1)] += 1
            }
        }
        let rates = counts.enumerated().map { index, count in
            // The last interval may be cut short.
            let length = min(interval, duration - Double(index) * interval)
            return length > interval / 100 ? Double(count) / length : 0
        }
        let chart = chart(rates.max() ?? 0, "tokens/s")
        let points = rates.enumerated().flatMap { index, rate in
            [index, index + 1].map {
                (chart.x.position(min(duration, Double($0) * interval)), chart.y.position(rate))
            }
        }
        return chart.svg([Chart.path(points, "line c0")])
    }

    var concurrency: String? {
        let steps = ServeSummary.concurrency(run.outcomes)
        guard !steps.isEmpty else { return nil }
        let chart = chart(Double(steps.map(\.requests).max() ?? 0), "requests", isCount: true)
        let place = { (requests: Int) in chart.y.position(Double(requests)) }
        var points = [(chart.x.position(0), place(0))]
        var (column, most, last) = (Int(points[0].0), 0, 0)
        // Of what falls into one column of pixels, the greatest and the last.
        for (time, requests) in steps {
            let next = Int(chart.x.position(time))
            if next > column {
                points += [(Double(column), place(most)), (Double(column), place(last)), (Double(next), place(last))]
                (column, most) = (next, last)
            }
            most = max(most, requests)
            last = requests
        }
        points += [(Double(column), place(most)), (Double(column), place(last))]
        return chart.svg([Chart.path(points, "line c2")])
    }

    var firstTokens: String? {
        let stride = max(1, run.outcomes.count / Self.greatestMarks)
        let outcomes = run.outcomes.enumerated().filter { $0.offset % stride == 0 }.map(\.element)
        let most = run.outcomes.compactMap { $0.timings?.timeToFirstToken }.max() ?? 0
        guard !outcomes.isEmpty else { return nil }
        let chart = chart(most * 1000, "ms")
        let marks = outcomes.map { outcome -> String in
            let x = chart.x.position(outcome.sent)
            if let failure = outcome.failure {
                return Self.mark(
                    "rect",
                    [
                        ("x", Markup.number(x - 3)), ("y", Markup.number(chart.plotBottom - 7)), ("width", "6"),
                        ("height", "6"),
                    ], colour: 7, title: "request \(outcome.index): \(failure.kind.name)")
            }
            let milliseconds = (outcome.timings?.timeToFirstToken ?? 0) * 1000
            return Self.mark(
                "circle",
                [("cx", Markup.number(x)), ("cy", Markup.number(chart.y.position(milliseconds))), ("r", "3")],
                colour: 0, title: "request \(outcome.index): \(Markup.figure(milliseconds)) ms")
        }
        return chart.svg(marks)
    }

    private static func mark(
        _ name: String, _ attributes: [(String, String)], colour: Int, title: String
    ) -> String {
        Markup.element(
            name, attributes + [("class", "mark c\(colour)")], Markup.element("title", [], Markup.escape(title)))
    }
}
