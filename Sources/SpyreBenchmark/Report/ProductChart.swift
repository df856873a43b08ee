/// Rates of matrix products over the number of rows, for one type: a line for each weight matrix, the peak above.
struct ProductChart {
    let dtype: String
    let kernels: [KernelRow]
    /// Operations per second; nil when the page has no limits.
    let peak: Double?

    /// One weight matrix on one instruction set.
    struct Line: Equatable {
        let name: String
        /// Rows and Gop/s, rising rows.
        let points: [Point]

        struct Point: Equatable {
            let rows: Int
            let gops: Double
        }
    }

    /// Products of the type, their weights in the order of the rows; those of another library behind them.
    static func lines(_ kernels: [KernelRow]) -> [Line] {
        var order: [String] = []
        var points: [String: [Line.Point]] = [:]
        func add(_ name: String, _ rows: Int, _ gops: Double) {
            if points[name] == nil { order.append(name) }
            points[name, default: []].append(Line.Point(rows: rows, gops: gops))
        }
        let several = Set(kernels.map(\.isa)).count > 1
        for row in kernels {
            let sizes = row.shape.split(separator: "x").compactMap { Int($0) }
            guard sizes.count == 3 else { continue }
            let name = "\(sizes[1]) x \(sizes[2])" + (several ? ", \(row.isa)" : "")
            add(name, sizes[0], row.gops)
        }
        return order.map { name in Line(name: name, points: points[name, default: []].sorted { $0.rows < $1.rows }) }
    }

    /// The greatest rate of another library for each number of rows, with the size that had it.
    private var peers: [Line.Point] {
        var best: [Int: Double] = [:]
        for row in kernels {
            guard let peer = row.peer, let rows = row.shape.split(separator: "x").first.flatMap({ Int($0) }) else {
                continue
            }
            best[rows] = max(best[rows] ?? 0, row.work.operations / peer.seconds * 1e-9)
        }
        return best.sorted { $0.key < $1.key }.map { Line.Point(rows: $0.key, gops: $0.value) }
    }

    var svg: String {
        let lines = Self.lines(kernels)
        let rows = lines.flatMap(\.points).map { Double($0.rows) }
        let rates = lines.flatMap(\.points).map(\.gops) + peers.map(\.gops) + [(peak ?? 0) * 1e-9]
        let left = rows.min() ?? 1
        var chart = Chart(
            width: 560, height: 300, x: left / 1.15...max(rows.max() ?? 1, 2 * left) * 1.15,
            y: 0...(rates.max() ?? 1) * 1.12, isLogarithmicY: false, xLabel: "rows M (log scale)", yLabel: "Gop/s",
            description: "Rates of \(dtype) products over the number of rows")
        chart.xTicks = Self.apart(Set(rows).sorted())
        var parts: [String] = []
        if let peak {
            let y = chart.y.position(peak * 1e-9)
            parts.append(Chart.line(Chart.margin.left, y, chart.plotRight, y, "roof"))
            parts.append(
                Chart.text(
                    "peak \(Markup.figure(peak * 1e-9))", x: Chart.margin.left + 6, y: y - 5, anchor: "start",
                    style: "rooflabel"))
        }
        if peers.count > 1 {
            parts.append(
                Chart.path(peers.map { (chart.x.position(Double($0.rows)), chart.y.position($0.gops)) }, "peer"))
        }
        for (index, line) in lines.enumerated() { parts += draw(line, "c\(index % Series.colours)", chart) }
        return chart.svg(parts)
    }

    /// Those of rising values that are at least a fifth above the one before: their labels have room.
    static func apart(_ values: [Double]) -> [Double] {
        values.reduce(into: []) { kept, value in
            if value >= 1.2 * (kept.last ?? 0) { kept.append(value) }
        }
    }

    private func draw(_ line: Line, _ style: String, _ chart: Chart) -> [String] {
        let points = line.points.map { (chart.x.position(Double($0.rows)), chart.y.position($0.gops)) }
        let marks = zip(points, line.points).map { place, point in
            Series.Mark.product.svg(
                x: place.0, y: place.1, style: style,
                title: "\(dtype) \(point.rows) x \(line.name): \(Markup.figure(point.gops)) Gop/s")
        }
        return [Chart.path(points, "line \(style)")] + marks
    }

    /// Names and styles for the legend.
    var legend: [(name: String, style: String, isLine: Bool)] {
        let lines = Self.lines(kernels).enumerated().map { ($1.name, "c\($0 % Series.colours)", false) }
        let name = kernels.compactMap(\.peer).first?.name
        return lines + (peers.count > 1 ? [("best of \(name ?? "another library")", "peer", true)] : [])
    }
}
