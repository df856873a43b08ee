/// A request on its way to the engine's thread.
struct Arrival: Sendable {
    let number: Int
    let prepared: PreparedRequest
    let options: RequestOptions
    let instant: ContinuousClock.Instant
    let channel: RequestChannel
}
