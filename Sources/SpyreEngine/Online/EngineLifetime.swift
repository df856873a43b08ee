/// Held by an engine and its streams. When the last one lets go, the engine's thread ends.
final class EngineLifetime: Sendable {
    private let queue: RequestQueue

    init(_ queue: RequestQueue) { self.queue = queue }

    deinit { queue.stop() }
}
