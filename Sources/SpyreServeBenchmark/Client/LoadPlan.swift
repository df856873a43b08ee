/// How a run puts a server under load.
package struct LoadPlan: Sendable {
    package enum Arrivals: Sendable {
        /// Whenever the schedule says, whatever becomes of earlier requests.
        case open(ArrivalSchedule)
        /// A new request as soon as one of `concurrency` is over, for so many seconds.
        case closed(seconds: Double)
    }

    package var arrivals: Arrivals
    /// Requests that are under way at a time; more wait in the order in which they came. nil: any number.
    package var concurrency: Int?
    /// After so many seconds nothing more is sent. nil: everything is.
    package var seconds: Double?
    /// For a whole reply, in seconds.
    package var timeout: Double

    package init(arrivals: Arrivals, concurrency: Int?, seconds: Double? = nil, timeout: Double) {
        self.arrivals = arrivals
        self.concurrency = concurrency
        self.seconds = seconds
        self.timeout = timeout
    }

    /// How many requests there are; nil when that is known only when time is up.
    package var requests: Int? {
        guard case .open(let schedule) = arrivals else { return nil }
        return schedule.offsets.count
    }

    /// After so many seconds nothing more is sent, whichever way that is said.
    var greatestSeconds: Double? {
        guard case .closed(let seconds) = arrivals else { return seconds }
        return seconds
    }

    /// How many may be under way at a time at the most; nil when that is not known.
    package var greatestConcurrency: Int? { concurrency ?? requests }

    /// So many requests as fast as the server takes them, with numbers before those of the run.
    package static func warmUp(count: Int, concurrency: Int?, timeout: Double) -> LoadPlan {
        LoadPlan(
            arrivals: .open(ArrivalSchedule(.together, count: count, seed: 0)), concurrency: concurrency,
            timeout: timeout)
    }
}
