/// One request of a run. Times are seconds from the run's beginning.
package struct RequestOutcome: Sendable {
    package let index: Int
    /// When the schedule wanted it to come.
    package let scheduled: Double
    /// When it came: later than wanted by what the client itself was late.
    package let arrived: Double
    /// When it was sent: later than it came by its wait for one of so many concurrent requests.
    package let sent: Double
    /// When the last of it was received, or it failed.
    package let ended: Double
    package let result: Result<RequestTimings, RequestFailure>

    package init(
        index: Int, scheduled: Double, arrived: Double, sent: Double, ended: Double,
        result: Result<RequestTimings, RequestFailure>
    ) {
        self.index = index
        self.scheduled = scheduled
        self.arrived = arrived
        self.sent = sent
        self.ended = ended
        self.result = result
    }

    package var timings: RequestTimings? { try? result.get() }

    package var failure: RequestFailure? {
        guard case .failure(let failure) = result else { return nil }
        return failure
    }
}
