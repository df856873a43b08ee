/// Held by all who can still read a request. When the last one lets go, the request is given up.
final class StreamHandle: Sendable {
    let number: Int
    let channel: RequestChannel
    private let queue: RequestQueue
    /// The engine goes on while somebody reads.
    private let lifetime: EngineLifetime

    init(number: Int, channel: RequestChannel, queue: RequestQueue, lifetime: EngineLifetime) {
        self.number = number
        self.channel = channel
        self.queue = queue
        self.lifetime = lifetime
    }

    deinit { cancel() }

    /// Gives the request up; nothing happens when it has ended.
    func cancel() {
        guard !channel.hasEnded else { return }
        channel.fail(.cancelled)
        queue.cancel(number)
    }
}
