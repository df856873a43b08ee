/// What can end a server.
struct ServingEvents: Sendable {
    enum Event: Sendable {
        case signal(exitCode: Int32)
        case engineFailed(String)
        /// The time for draining is over.
        case timeIsOver
    }

    let stream: AsyncStream<Event>
    private let continuation: AsyncStream<Event>.Continuation

    init() { (stream, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(16)) }

    func send(_ event: Event) { continuation.yield(event) }
}
