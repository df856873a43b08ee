/// What is said about a bar when one points at it.
enum TimelineText {
    static func title(of request: BatchTimeline.Request, _ axis: TimelineAxis) -> String {
        let sizes = "request \(request.name): \(request.promptTokens) prompt tokens, \(request.outputTokens) new ones"
        guard !request.isRefused else { return sizes + "; refused" }
        let sinceArrival = { (moment: Double) in axis.duration(moment - request.arrival) }
        let sentBack = request.count(.sentBack), parked = request.duration(.parked)
        return [
            sizes, "arrived \(axis.moment(request.arrival))", request.start.map { "waited \(sinceArrival($0))" },
            request.firstToken.map { "first token after \(sinceArrival($0))" },
            request.end.map { "ended after \(sinceArrival($0))" },
            parked > 0 ? "parked for \(axis.duration(parked))" : nil,
            sentBack > 0 ? "sent back \(sentBack == 1 ? "once" : "\(sentBack) times")" : nil,
        ].compactMap(\.self).joined(separator: "; ")
    }

    static func title(of span: BatchTimeline.Span, isQueued: Bool, _ axis: TimelineAxis) -> String {
        let interval = axis.interval(span.start, span.end)
        let work = "\(span.steps) step\(span.steps == 1 ? "" : "s"), \(span.tokens) token\(span.tokens == 1 ? "" : "s")"
        if isQueued { return "waiting, \(interval)" }
        return switch span.phase {
        case .prefill: "prefill, \(interval): \(work)"
        case .decode: "decode, \(interval): \(work)"
        case .held: "not in the steps, \(interval)"
        case .parked: "parked, \(interval)"
        case .sentBack: "sent back, \(interval)"
        }
    }
}
