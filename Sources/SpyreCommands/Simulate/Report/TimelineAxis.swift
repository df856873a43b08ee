import SpyreBenchmark

/// What the horizontal axis of a timeline counts.
enum TimelineAxis {
    /// Simulated seconds.
    case time
    /// Steps of a case: the first reaches from 0 to 1.
    case steps

    var label: String {
        switch self {
        case .time: "simulated time, s"
        case .steps: "steps"
        }
    }

    /// Marks of the axis; whole numbers of steps.
    func ticks(_ scale: Scale) -> [Double] {
        let ticks = scale.ticks(12)
        return switch self {
        case .time: ticks
        case .steps: ticks.filter { $0 == $0.rounded() }
        }
    }

    /// An interval, as in `1.2 s to 1.4 s` or `steps 3 to 8`.
    func interval(_ start: Double, _ end: Double) -> String {
        switch self {
        case .time: return "\(Self.seconds(start)) to \(Self.seconds(end))"
        case .steps:
            let (first, last) = (Int(start) + 1, Int(end))
            return first >= last ? "step \(last)" : "steps \(first) to \(last)"
        }
    }

    func moment(_ value: Double) -> String {
        switch self {
        case .time: "at \(Self.seconds(value))"
        case .steps: "after step \(Int(value))"
        }
    }

    func duration(_ value: Double) -> String {
        switch self {
        case .time: Self.seconds(value)
        case .steps: Int(value) == 1 ? "1 step" : "\(Int(value)) steps"
        }
    }

    /// Milliseconds of what is short, at most three decimals of what is not.
    private static func seconds(_ value: Double) -> String {
        abs(value) < 1
            ? "\(Markup.figure(value * 1000)) ms" : "\(Decimals.text(value, digits: abs(value) < 100 ? 3 : 1)) s"
    }
}
