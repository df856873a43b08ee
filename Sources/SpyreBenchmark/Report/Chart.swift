/// The frame of a plot: axes, grid, labels.
package struct Chart {
    package let width: Double
    package let height: Double
    package let x: Scale
    package let y: Scale
    let xLabel: String
    let yLabel: String
    /// Marks of the horizontal axis, where its own choice would not do.
    package var xTicks: [Double]?
    /// The same of the vertical one.
    package var yTicks: [Double]?
    /// What the plot shows, for those who cannot see it.
    let description: String

    package static let margin = (left: 56.0, right: 16.0, top: 26.0, bottom: 44.0)

    package var plotRight: Double { width - Self.margin.right }
    package var plotBottom: Double { height - Self.margin.bottom }

    package init(
        width: Double, height: Double, x: ClosedRange<Double>, y: ClosedRange<Double>, isLogarithmicX: Bool = true,
        isLogarithmicY: Bool = true, xLabel: String, yLabel: String, description: String
    ) {
        self.width = width
        self.height = height
        self.x = Scale(x, from: Self.margin.left, to: width - Self.margin.right, isLogarithmic: isLogarithmicX)
        self.y = Scale(y, from: height - Self.margin.bottom, to: Self.margin.top, isLogarithmic: isLogarithmicY)
        self.xLabel = xLabel
        self.yLabel = yLabel
        self.description = description
    }

    package func svg(_ content: [String]) -> String {
        Markup.element(
            "svg",
            [
                ("viewBox", "0 0 \(Markup.number(width)) \(Markup.number(height))"), ("role", "img"),
                ("aria-label", description), ("style", "min-width:\(Markup.number(min(width, 700)))px"),
            ], (frame + content).joined(separator: "\n"))
    }

    private var frame: [String] {
        var parts: [String] = []
        let yTicks = self.yTicks ?? y.ticks(), xTicks = self.xTicks ?? x.ticks()
        for tick in yTicks {
            let at = y.position(tick)
            parts.append(Self.line(Self.margin.left, at, plotRight, at, "grid"))
            parts.append(Self.text(y.label(tick, of: yTicks), x: Self.margin.left - 6, y: at + 4, anchor: "end"))
        }
        for tick in xTicks {
            let at = x.position(tick)
            parts.append(Self.line(at, Self.margin.top, at, plotBottom, "grid"))
            parts.append(Self.text(x.label(tick, of: xTicks), x: at, y: plotBottom + 16, anchor: "middle"))
        }
        parts.append(Self.line(Self.margin.left, plotBottom, plotRight, plotBottom, "axis"))
        let middle = (Self.margin.left + plotRight) / 2
        parts.append(Self.text(xLabel, x: middle, y: height - 8, anchor: "middle", style: "label"))
        parts.append(Self.text(yLabel, x: 4, y: 14, anchor: "start", style: "label"))
        return parts
    }

    package static func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ style: String) -> String {
        Markup.element(
            "line",
            [
                ("x1", Markup.number(x1)), ("y1", Markup.number(y1)), ("x2", Markup.number(x2)),
                ("y2", Markup.number(y2)), ("class", style),
            ])
    }

    package static func text(
        _ text: String, x: Double, y: Double, anchor: String, style: String = "tick", rotated degrees: Double? = nil
    ) -> String {
        var attributes = [
            ("x", Markup.number(x)), ("y", Markup.number(y)), ("text-anchor", anchor), ("class", style),
        ]
        if let degrees {
            attributes.append(
                ("transform", "rotate(\(Markup.number(degrees)) \(Markup.number(x)) \(Markup.number(y)))"))
        }
        return Markup.element("text", attributes, Markup.escape(text))
    }

    package static func path(_ points: [(Double, Double)], _ style: String) -> String {
        let text = points.map { "\(Markup.number($0.0)),\(Markup.number($0.1))" }.joined(separator: " ")
        return Markup.element("polyline", [("points", text), ("class", style)])
    }
}
