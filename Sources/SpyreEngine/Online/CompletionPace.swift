/// How fast requests end, for telling a refused caller when to come back.
struct CompletionPace: Sendable {
    /// The last ends, oldest first.
    private var ends: [ContinuousClock.Instant] = []
    private static let window = 64

    mutating func note(_ instant: ContinuousClock.Instant) {
        if ends.count == Self.window { ends.removeFirst() }
        ends.append(instant)
    }

    /// Seconds until half of those who wait have been served, at the pace of the last requests: 1 ... 60, the range that
    /// clients heed. 1 while nothing is known.
    func secondsUntilFree(behind waiting: Int, now: ContinuousClock.Instant) -> Int {
        guard let first = ends.first else { return 1 }
        let each = (now - first) / .seconds(1) / Double(ends.count)
        let seconds = (each * Double(waiting) / 2).rounded(.up)
        return Int(min(60, max(1, seconds)))
    }
}
