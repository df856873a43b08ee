/// Paged and contiguous attention over the values of one axis, in parts of a plain read.
struct PagedAttentionChart {
    let axis: PagedAttentionAxis
    /// Values of the axis, in order.
    let labels: [String]
    let lines: [Line]
    /// Lines that found no place.
    let left: Int

    /// All rows that differ in this axis alone.
    struct Line {
        let name: String
        /// Place of the value among the labels, and the row.
        let points: [(place: Int, row: PagedAttentionRow)]
    }

    static let greatestLines = Series.colours

    init(axis: PagedAttentionAxis, rows: [PagedAttentionRow]) {
        self.axis = axis
        let others = PagedAttentionAxis.all.filter { $0.title != axis.title }
        // What every row has need not be said.
        let telling = others.filter { other in Set(rows.map(other.label)).count > 1 }
        let common = telling.map { other in Self.mostCommon(rows.map(other.label)) }
        var order: [String] = []
        var groups: [String: [PagedAttentionRow]] = [:]
        for row in rows {
            let key = telling.map { $0.label(row) }.joined(separator: "\u{1}")
            if groups[key] == nil { order.append(key) }
            groups[key, default: []].append(row)
        }
        let several = order.compactMap { groups[$0] }.filter { Set($0.map(axis.label)).count > 1 }
        let sorted = several.joined().sorted { (axis.order($0), axis.label($0)) < (axis.order($1), axis.label($1)) }
        let labels = sorted.map(axis.label).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
        self.labels = labels
        lines = several.prefix(Self.greatestLines).map { rows in
            let parts = zip(telling, common).compactMap { other, common -> String? in
                let label = rows.first.map(other.label) ?? ""
                return label == common ? nil : Int(label) == nil ? label : "\(other.title) \(label)"
            }
            let points = rows.compactMap { row in
                labels.firstIndex(of: axis.label(row)).map { (place: $0, row: row) }
            }
            let name = parts.isEmpty ? "base" : parts.joined(separator: ", ")
            return Line(name: name, points: points.sorted { $0.place < $1.place })
        }
        left = max(0, several.count - Self.greatestLines)
    }

    private static func mostCommon(_ labels: [String]) -> String {
        var counts: [String: Int] = [:]
        for label in labels { counts[label, default: 0] += 1 }
        return counts.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? ""
    }

    private static let size = (width: 560.0, height: 280.0)

    var svg: String {
        let top = lines.flatMap(\.points).map { max($0.row.fraction.median, $0.row.contiguousFraction) }.max() ?? 1
        var chart = Chart(
            width: Self.size.width, height: Self.size.height, x: -0.5...Double(max(1, labels.count)) - 0.5,
            y: 0...max(1, top) * 112, isLogarithmicX: false, isLogarithmicY: false, xLabel: axis.title,
            yLabel: "% of a plain read", description: "Paged attention over \(axis.title)")
        chart.xTicks = []
        var parts = labels.enumerated().map { place, label in
            Chart.text(label, x: chart.x.position(Double(place)), y: chart.plotBottom + 16, anchor: "middle")
        }
        let limit = chart.y.position(100)
        parts.append(Chart.line(Chart.margin.left, limit, chart.plotRight, limit, "roof"))
        for (index, line) in lines.enumerated() { parts += draw(line, index, chart) }
        return chart.svg(parts)
    }

    private func draw(_ line: Line, _ index: Int, _ chart: Chart) -> [String] {
        let style = "c\(index % Series.colours)"
        func places(_ value: (PagedAttentionRow) -> Double) -> [(Double, Double)] {
            line.points.map { (chart.x.position(Double($0.place)), chart.y.position(100 * value($0.row))) }
        }
        let paged = places(\.fraction.median)
        let marks = zip(paged, line.points).map { place, point in
            Series.Mark.attention.svg(
                x: place.0, y: place.1, style: style,
                title: "\(point.row.shape.name), \(point.row.isa), \(point.row.threads) threads: "
                    + "\(Markup.figure(100 * point.row.fraction.median))% of a plain read, "
                    + "\(Markup.figure(point.row.againstContiguous.median))x contiguous")
        }
        return [
            Chart.path(places(\.contiguousFraction), "line dashed \(style)"), Chart.path(paged, "line \(style)"),
        ] + marks
    }

    var legend: [ReportDocument.LegendEntry] {
        let entries = lines.enumerated().map { index, line in
            ReportDocument.LegendEntry(
                name: line.name,
                drawing: Series.Mark.attention.svg(x: 7, y: 7, style: "c\(index % Series.colours)", title: ""))
        }
        return entries
            + (left == 0 ? [] : [ReportDocument.LegendEntry(name: "\(left) more in the table", drawing: "")])
    }
}
