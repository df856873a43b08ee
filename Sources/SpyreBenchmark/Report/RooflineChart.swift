import Foundation

/// Operations per second over operations per byte, both logarithmic: the roofs of the machine and every kernel.
struct RooflineChart {
    let roofs: Roofs
    let kernels: [KernelRow]
    let classes: [String: String]

    /// The limits that are drawn: of the most threads that were measured.
    struct Roofs: Equatable {
        /// Operations per second, the greatest of any instruction set.
        let peaks: [(type: String, rate: Double)]
        /// Bytes per second that can be read, the nearest cache first.
        let levels: [(name: String, rate: Double)]

        static func == (left: Roofs, right: Roofs) -> Bool {
            left.peaks.elementsEqual(right.peaks) { $0 == $1 } && left.levels.elementsEqual(right.levels) { $0 == $1 }
        }

        init(_ rows: [RooflineRow]) {
            var greatest = 0
            for row in rows {
                switch row {
                case .peak(_, let threads, _), .bandwidth(_, _, _, let threads, _), .primitive(_, let threads, _):
                    greatest = max(greatest, threads)
                }
            }
            var (peaks, levels) = ([(type: String, rate: Double)](), [(name: String, rate: Double)]())
            for row in rows {
                switch row {
                case .peak(let loop, greatest, let rate?):
                    if let index = peaks.firstIndex(where: { $0.type == loop.type.rawValue }) {
                        peaks[index].rate = max(peaks[index].rate, rate.maximum)
                    } else {
                        peaks.append((loop.type.rawValue, rate.maximum))
                    }
                case .bandwidth(.read, let level, _, greatest, let rate): levels.append((level, rate.maximum))
                default: break
                }
            }
            let order = ComputeType.allCases.map(\.rawValue)
            self.peaks = peaks.sorted {
                (order.firstIndex(of: $0.type) ?? 0) < (order.firstIndex(of: $1.type) ?? 0)
            }
            self.levels = levels
        }
    }

    var svg: String {
        let chart = self.chart
        return chart.svg(slopes(chart) + ceilings(chart) + marks(chart))
    }

    private var chart: Chart {
        let intensities = kernels.map(\.work.intensity).filter { $0 > 0 }
        let highest = roofs.peaks.map(\.rate).max() ?? 1e12
        let slowest = roofs.levels.map(\.rate).min() ?? 1e10
        // The axis reaches from the leftmost kernel to beyond the point where even memory feeds every unit.
        let left = min(intensities.min() ?? 0.1, 0.1)
        let right = max(intensities.max() ?? 0, 3 * highest / slowest)
        let lowest = min(kernels.map { $0.gops * 1e9 }.min() ?? slowest * left, slowest * left)
        return Chart(
            width: 760, height: 480, x: Self.outer(left, right), y: Self.outer(lowest * 1e-9, 2 * highest * 1e-9),
            xLabel: "operations per byte moved", yLabel: "Gop/s",
            description: "Roofline: rate of each kernel over its operations per byte, under the limits of the processor"
        )
    }

    /// A little room on each side.
    private static func outer(_ low: Double, _ high: Double) -> ClosedRange<Double> { low / 1.3...max(high, low) * 1.3 }

    /// Pixels of a character of a label, and how near to a label's line a mark may be.
    private static let characterWidth = 7.0
    private static let clearance = 14.0

    private func positions(_ chart: Chart) -> [(x: Double, y: Double)] {
        kernels.map { (chart.x.position($0.work.intensity), chart.y.position($0.gops)) }
    }

    private func slopes(_ chart: Chart) -> [String] {
        let highest = (roofs.peaks.map(\.rate).max() ?? 1e12) * 1e-9
        var parts: [String] = []
        var taken = positions(chart)
        for level in roofs.levels {
            let rate = level.rate * 1e-9
            // From the left or lower edge to where the highest peak begins.
            let from = max(chart.x.domain.lowerBound, chart.y.domain.lowerBound / rate)
            let to = min(chart.x.domain.upperBound, highest / rate)
            guard to > from else { continue }
            let start = (chart.x.position(from), chart.y.position(from * rate))
            let end = (chart.x.position(to), chart.y.position(to * rate))
            parts.append(Chart.path([start, end], "roof"))
            let angle = atan2(end.1 - start.1, end.0 - start.0) * 180 / .pi
            let text = "\(level.name) \(Markup.figure(rate)) GB/s"
            let lift = (dx: 5 * sin(angle * .pi / 180), dy: -5 * cos(angle * .pi / 180))
            // Where the label may begin on the line, and what it then covers.
            let places = stride(from: 0.02, through: 0.7, by: 0.02).map { along in
                (x: start.0 + (end.0 - start.0) * along + lift.dx, y: start.1 + (end.1 - start.1) * along + lift.dy)
            }
            let covers = places.map { place in
                stride(from: 0, through: Self.characterWidth * Double(text.count), by: Self.characterWidth).map {
                    (x: place.x + $0 * cos(angle * .pi / 180), y: place.y + $0 * sin(angle * .pi / 180))
                }
            }
            let chosen = LabelPlacement.clearest(covers, avoiding: taken, distance: Self.clearance)
            taken += covers[chosen]
            parts.append(
                Chart.text(
                    text, x: places[chosen].x, y: places[chosen].y, anchor: "start", style: "rooflabel", rotated: angle)
            )
        }
        return parts
    }

    private func ceilings(_ chart: Chart) -> [String] {
        let fastest = roofs.levels.map(\.rate).max() ?? 1e12
        let wanted = roofs.peaks.map { chart.y.position($0.rate * 1e-9) - 5 }
        let marks = self.positions(chart)
        let places = LabelPlacement.spread(wanted, distance: 14, in: 12...chart.plotBottom)
        var parts: [String] = []
        for (peak, place) in zip(roofs.peaks, places) {
            let y = chart.y.position(peak.rate * 1e-9)
            let from = chart.x.position(peak.rate / fastest)
            parts.append(Chart.line(from, y, chart.plotRight, y, "roof"))
            let text = "\(peak.type) \(Markup.figure(peak.rate * 1e-9)) Gop/s"
            let width = Self.characterWidth * Double(text.count)
            // From the right end of the line to the left.
            let ends = stride(from: chart.plotRight, through: (from + chart.plotRight) / 2, by: -12)
            let covers = ends.map { end in
                stride(from: 0, through: width, by: Self.characterWidth).map { (x: end - $0, y: place - 5) }
            }
            let chosen = LabelPlacement.clearest(covers, avoiding: marks, distance: Self.clearance)
            parts.append(Chart.text(text, x: covers[chosen][0].x, y: place, anchor: "end", style: "rooflabel"))
        }
        return parts
    }

    private func marks(_ chart: Chart) -> [String] {
        kernels.map { row in
            Series.Mark(op: row.op).svg(
                x: chart.x.position(row.work.intensity), y: chart.y.position(row.gops),
                style: classes[row.dtype] ?? "c0",
                title: "\(row.op) \(row.dtype) \(row.shape) \(row.isa): \(Markup.figure(row.gops)) Gop/s, "
                    + "\(Markup.figure(100 * row.fraction.median))% of the limit")
        }
    }
}
