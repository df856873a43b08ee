import SpyreScheduler

/// What an engine is doing, as of its last step.
public struct EngineLoad: Sendable, Equatable {
    public internal(set) var phase = EnginePhase.running
    /// Requests that are running.
    public internal(set) var runningRequests = 0
    /// Requests that were admitted and have not started.
    public internal(set) var waitingRequests = 0
    /// Tokens of their prompts.
    public internal(set) var waitingTokens = 0
    /// KV blocks that requests hold, and those that there are.
    public internal(set) var usedBlocks = 0
    public internal(set) var blockCapacity = 0
    /// Tokens that the prefix cache was asked for, and had, since the start.
    public internal(set) var prefixQueriedTokens = 0
    public internal(set) var prefixHitTokens = 0
    /// Tokens of prompts whose requests have started, and tokens that came out, since the start.
    public internal(set) var promptTokens = 0
    public internal(set) var generationTokens = 0
    /// Requests that have ended, by how: `FinishReason` names, and those of `RequestReport.Outcome`.
    public internal(set) var endedRequests: [RequestReport.Outcome: Int] = [:]
    /// Requests that were refused since the queue was full.
    public internal(set) var refusedRequests = 0
    /// Steps, preemptions, seconds.
    public internal(set) var steps = EngineStatistics()
    /// When the step that is being run began; nil while the engine sleeps.
    public internal(set) var stepBegan: ContinuousClock.Instant?
    /// Programs that were compiled since warm-up: 0 unless something is wrong.
    public internal(set) var compilationsAfterWarmUp = 0

    public init() {}

    /// The part of the KV cache that is in use, 0 ... 1.
    public var cacheUsage: Double { blockCapacity == 0 ? 0 : Double(usedBlocks) / Double(blockCapacity) }
}
