import HeapModule

/// The times at which requests have to have started or ended, earliest first. Those of requests that have ended stay until
/// they come: whoever asks knows which these are.
struct DeadlineList {
    private struct Entry: Comparable {
        let instant: ContinuousClock.Instant
        let number: Int
        let isForStart: Bool

        static func < (a: Entry, b: Entry) -> Bool { (a.instant, a.number) < (b.instant, b.number) }
    }

    private var entries = Heap<Entry>()

    mutating func add(_ arrival: Arrival) {
        add(arrival.options.timeLimit, arrival, isForStart: false)
        add(arrival.options.queueTimeLimit, arrival, isForStart: true)
    }

    private mutating func add(_ limit: Duration?, _ arrival: Arrival, isForStart: Bool) {
        guard let limit else { return }
        // Beyond any year that matters, and far from where the sum would overflow.
        let bounded = min(limit, .seconds(1_000_000_000))
        entries.insert(
            Entry(instant: arrival.instant.advanced(by: bounded), number: arrival.number, isForStart: isForStart))
    }

    /// Takes out a request whose time has come.
    mutating func next(before now: ContinuousClock.Instant) -> (number: Int, isForStart: Bool)? {
        guard let first = entries.min, first.instant <= now else { return nil }
        entries.removeMin()
        return (first.number, first.isForStart)
    }
}
