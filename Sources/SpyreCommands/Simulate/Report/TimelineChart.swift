import SpyreBenchmark

/// Requests as bars over time, the first one at the top.
struct TimelineChart {
    static let width = 1120.0
    /// Narrower parts of a bar are drawn together.
    private static let leastWidth = 1.0
    private static let characterWidth = 6.6

    let timeline: BatchTimeline
    let axis: TimelineAxis

    private var x: Scale {
        Scale(timeline.range, from: Chart.margin.left, to: Self.width - Chart.margin.right)
    }

    /// Pixels of a request.
    private var rowHeight: Double {
        switch timeline.requests.count {
        case ...16: 22
        case ...40: 15
        case ...120: 9
        case ...300: 5
        default: 3
        }
    }

    private var top: Double { Chart.margin.top }
    private var bottom: Double { top + rowHeight * Double(timeline.requests.count) + 4 }

    var svg: String {
        let x = self.x
        var parts = frame(x)
        for (row, request) in timeline.requests.enumerated() {
            parts.append(bar(request, y: top + 2 + rowHeight * Double(row), x))
        }
        let height = bottom + Chart.margin.bottom
        return Markup.element(
            "svg",
            [
                ("viewBox", "0 0 \(Markup.number(Self.width)) \(Markup.number(height))"), ("role", "img"),
                ("aria-label", "Requests as bars over \(axis.label)"), ("style", "min-width:700px"),
            ], parts.joined(separator: "\n"))
    }

    private func frame(_ x: Scale) -> [String] {
        var parts: [String] = []
        let ticks = axis.ticks(x)
        for tick in ticks {
            let at = x.position(tick)
            parts.append(Chart.line(at, top, at, bottom, "grid"))
            parts.append(Chart.text(x.label(tick, of: ticks), x: at, y: bottom + 16, anchor: "middle"))
        }
        parts.append(Chart.line(x.start, bottom, x.end, bottom, "axis"))
        let every = max(1, Int((14 / rowHeight).rounded(.up)))
        let spacing = every == 1 ? 1 : [2, 5, 10, 20].first { $0 >= every } ?? 20
        for (row, request) in timeline.requests.enumerated() where row % spacing == 0 {
            let middle = top + 2 + rowHeight * (Double(row) + 0.5)
            parts.append(
                Chart.text(Self.short(request.name), x: Chart.margin.left - 6, y: middle + 4, anchor: "end"))
        }
        parts.append(Chart.text("request", x: 4, y: 14, anchor: "start", style: "label"))
        parts.append(
            Chart.text(axis.label, x: (x.start + x.end) / 2, y: bottom + 36, anchor: "middle", style: "label"))
        return parts
    }

    /// As much of a name as there is room for beside the axis.
    static func short(_ name: String) -> String {
        let room = Int((Chart.margin.left - 8) / characterWidth)
        return name.count <= room ? name : name.prefix(room - 1) + "…"
    }

    // MARK: Bars

    private func bar(_ request: BatchTimeline.Request, y: Double, _ x: Scale) -> String {
        let end = request.end ?? request.arrival
        var parts = [
            rectangle(
                x.position(request.arrival), x.position(end), y: y, height: rowHeight, style: "hit",
                title: TimelineText.title(of: request, axis))
        ]
        if let start = request.start, start > request.arrival {
            parts.append(
                part(.init(phase: .sentBack, start: request.arrival, end: start), "queued", share: 0.2, y, x, request))
        }
        for span in Self.merged(request.spans, x) {
            let (style, share) = Self.look(span.phase)
            parts.append(part(span, style, share: share, y, x, request))
        }
        return Markup.element("g", [("class", "request")], parts.joined())
    }

    /// The class of a phase, and how much of the row's height its bar takes.
    static func look(_ phase: BatchTimeline.Phase) -> (style: String, share: Double) {
        switch phase {
        case .prefill: ("prefill", 0.8)
        case .decode: ("decode", 0.8)
        case .held: ("held", 0.8)
        case .parked: ("parked", 0.45)
        case .sentBack: ("sentback", 0.3)
        }
    }

    private func part(
        _ span: BatchTimeline.Span, _ style: String, share: Double, _ y: Double, _ x: Scale,
        _ request: BatchTimeline.Request
    ) -> String {
        let height = max(1, rowHeight * share)
        let title = TimelineText.title(of: span, isQueued: style == "queued", axis)
        return rectangle(
            x.position(span.start), x.position(span.end), y: y + (rowHeight - height) / 2, height: height, style: style,
            title: "request \(request.name): \(title)")
    }

    private func rectangle(
        _ from: Double, _ to: Double, y: Double, height: Double, style: String, title: String
    ) -> String {
        Markup.element(
            "rect",
            [
                ("x", Markup.number(from)), ("y", Markup.number(y)), ("width", Markup.number(max(0.8, to - from))),
                ("height", Markup.number(height)), ("class", style),
            ], Markup.element("title", [], Markup.escape(title)))
    }

    /// Spans that are too narrow to be seen become one with those beside them, which looks like what most of its time
    /// is; prefills are short, so that they count for more.
    static func merged(_ spans: [BatchTimeline.Span], _ x: Scale) -> [BatchTimeline.Span] {
        var result: [BatchTimeline.Span] = []
        var group: [BatchTimeline.Span] = []
        func width(_ start: Double, _ end: Double) -> Double { x.position(end) - x.position(start) }
        func flush() {
            guard var whole = group.first else { return }
            let weights = BatchTimeline.Phase.allCases.map { phase in
                (phase == .prefill ? 4.0 : 1.0) * group.duration(phase)
            }
            let most = weights.indices.max { weights[$0] < weights[$1] } ?? 0
            for span in group.dropFirst() { whole.absorb(span) }
            whole.phase = BatchTimeline.Phase.allCases[most]
            result.append(joining: whole)
            group = []
        }
        for span in spans {
            guard width(span.start, span.end) < leastWidth else {
                flush()
                result.append(joining: span)
                continue
            }
            group.append(span)
            if let first = group.first, width(first.start, span.end) >= leastWidth { flush() }
        }
        flush()
        return result
    }
}
