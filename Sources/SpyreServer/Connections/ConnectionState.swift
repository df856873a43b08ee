import Synchronization

/// Whether the client of a connection is still there. Any thread.
final class ConnectionState: Sendable {
    private struct State {
        var isGone = false
        var onGone: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())

    /// Calls `body` when the client goes away, or at once when it is gone.
    func watch(_ body: @escaping @Sendable () -> Void) {
        let isGone = state.withLock { state in
            state.onGone = body
            return state.isGone
        }
        if isGone { body() }
    }

    func unwatch() { state.withLock { $0.onGone = nil } }

    func markGone() {
        let body = state.withLock { state in
            state.isGone = true
            defer { state.onGone = nil }
            return state.onGone
        }
        body?()
    }
}
