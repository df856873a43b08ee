import Synchronization

/// The output of one request on its way from the engine's thread to its reader.
///
/// A slow reader never holds the engine. What it has not read is merged, one piece for each completion, so that it gets
/// fewer and larger pieces; when that grows beyond `QueueLimits.unreadBytes` the request is given up, and the reader gets
/// what is there and then `EngineError.slowReader`.
final class RequestChannel: Sendable {
    private typealias Waiter = CheckedContinuation<Result<GenerationDelta?, EngineError>, Never>

    private enum End {
        case finished(RequestOutput)
        case failed(EngineError)
    }

    private struct State {
        var unread: [GenerationDelta] = []
        var unreadBytes = 0
        var promptLogprobs: [TokenLogprobs?]?
        var end: End?
        var waiter: Waiter?
        /// The reader wants nothing but the end.
        var skipsDeltas = false
    }

    private let state = Mutex(State())
    private let maximumBytes: Int

    init(maximumBytes: Int) { self.maximumBytes = maximumBytes }

    // MARK: The engine's side

    /// Hands a piece over, without ever waiting. Returns false when the reader has left too much unread.
    func push(_ delta: GenerationDelta, promptLogprobs: @autoclosure () -> [TokenLogprobs?]?) -> Bool {
        let (waiter, fits) = state.withLock { state -> (Waiter?, Bool) in
            guard state.end == nil, !state.skipsDeltas else { return (nil, true) }
            if state.promptLogprobs == nil { state.promptLogprobs = promptLogprobs() }
            if let waiter = state.waiter {
                state.waiter = nil
                return (waiter, true)
            }
            state.unreadBytes += delta.estimatedBytes
            if let index = state.unread.lastIndex(where: { $0.index == delta.index }) {
                state.unread[index].append(delta)
            } else {
                state.unread.append(delta)
            }
            return (nil, state.unreadBytes <= maximumBytes)
        }
        waiter?.resume(returning: .success(delta))
        return fits
    }

    func finish(_ output: RequestOutput) { end(.finished(output)) }

    /// Ends the stream with an error, after what was not read yet.
    func fail(_ error: EngineError) { end(.failed(error)) }

    private func end(_ end: End) {
        let waiter = state.withLock { state -> Waiter? in
            guard state.end == nil else { return nil }
            state.end = end
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume(returning: Self.result(of: end))
    }

    private static func result(of end: End) -> Result<GenerationDelta?, EngineError> {
        switch end {
        case .finished: .success(nil)
        case .failed(let error): .failure(error)
        }
    }

    // MARK: The reader's side

    /// The next piece; nil after the last one. One reader at a time.
    func next() async throws(EngineError) -> GenerationDelta? {
        try await withCheckedContinuation { (waiter: Waiter) in
            let result = state.withLock { state -> Result<GenerationDelta?, EngineError>? in
                if !state.unread.isEmpty, !state.skipsDeltas {
                    let delta = state.unread.removeFirst()
                    state.unreadBytes -= delta.estimatedBytes
                    return .success(delta)
                }
                if let end = state.end { return Self.result(of: end) }
                guard state.waiter == nil else {
                    return .failure(.inconsistent("two tasks read from one stream"))
                }
                state.waiter = waiter
                return nil
            }
            if let result { waiter.resume(returning: result) }
        }.get()
    }

    /// Waits for the end, without waking up for the pieces before it.
    func output() async throws(EngineError) -> RequestOutput {
        state.withLock { state in
            state.skipsDeltas = true
            state.unread = []
            state.unreadBytes = 0
        }
        while try await next() != nil {}
        let end = state.withLock { $0.end }
        guard case .finished(let output) = end else { throw .inconsistent("a stream ended without its output") }
        return output
    }

    /// Log-probabilities of the prompt, where they were asked for: there from the first piece on.
    var promptLogprobs: [TokenLogprobs?]? { state.withLock { $0.promptLogprobs } }

    /// All of the request, once it has ended without error.
    var finishedOutput: RequestOutput? {
        state.withLock { state in
            if case .finished(let output) = state.end { output } else { nil }
        }
    }

    var hasEnded: Bool { state.withLock { $0.end != nil } }
}
