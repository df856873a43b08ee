import DequeModule

/// How often the prefix cache was asked, and how much it had, over the last requests.
public struct HitStatistics: Sendable {
    private struct Observation: Sendable {
        var requests: Int
        var tokens: Int
        var hits: Int
    }

    /// Requests that count; older ones are dropped observation by observation.
    private let window: Int
    private var observations: Deque<Observation> = []
    private var requests = 0
    private var windowTokens = 0
    private var windowHits = 0
    /// Since the start: tokens asked for, and found.
    public private(set) var queriedTokens = 0
    public private(set) var hitTokens = 0

    public init(window: Int = 1000) { self.window = max(1, window) }

    /// - Parameters:
    ///   - requests: requests that were looked up; 0 changes nothing.
    ///   - tokens: tokens of their prompts.
    ///   - hits: how many of them were found.
    public mutating func record(requests count: Int = 1, tokens: Int, hits: Int) {
        guard count > 0 else { return }
        queriedTokens += tokens
        hitTokens += hits
        observations.append(Observation(requests: count, tokens: tokens, hits: hits))
        requests += count
        windowTokens += tokens
        windowHits += hits
        while requests > window, observations.count > 1, let oldest = observations.popFirst() {
            requests -= oldest.requests
            windowTokens -= oldest.tokens
            windowHits -= oldest.hits
        }
    }

    /// Found tokens by asked tokens over the window; 0 before the first request.
    public var rate: Double { windowTokens == 0 ? 0 : Double(windowHits) / Double(windowTokens) }
}
