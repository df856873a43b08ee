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

    /// So many requests as fast as the server takes them, with numbers before those of the run.
    package static func warmUp(count: Int, concurrency: Int?, timeout: Double) -> LoadPlan {
        LoadPlan(
            arrivals: .open(ArrivalSchedule(.together, count: count, seed: 0)), concurrency: concurrency,
            timeout: timeout)
    }
}
