/// When a request passed which point, on a monotonic clock.
public struct RequestTimeline: Sendable, Equatable {
    /// The caller handed it over.
    public let arrival: ContinuousClock.Instant
    /// Its first rows were about to run.
    public internal(set) var start: ContinuousClock.Instant?
    public internal(set) var firstToken: ContinuousClock.Instant?
    /// Its last completion ended.
    public internal(set) var end: ContinuousClock.Instant?

    init(arrival: ContinuousClock.Instant) { self.arrival = arrival }

    /// Seconds from the arrival to a later point; nil for one that was not reached.
    public func seconds(until instant: ContinuousClock.Instant?) -> Double? {
        instant.map { (arrival.duration(to: $0)) / .seconds(1) }
    }
}
