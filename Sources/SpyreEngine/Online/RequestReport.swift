/// How a request went, told when it has ended.
public struct RequestReport: Sendable, Equatable {
    public enum Outcome: String, Sendable, Equatable, CaseIterable {
        /// The reason of the first completion.
        case stop, length
        /// Cancelled, or its reader went away or did not read.
        case abort
        /// Its logits were unusable, or the engine failed or was stopped.
        case error
        /// Its time was over.
        case deadline
    }

    public let outcome: Outcome
    public let promptTokens: Int
    public let cachedPromptTokens: Int
    /// Tokens of all completions, and of the longest one.
    public let outputTokens: Int
    public let longestOutput: Int
    public let params: SamplingParams
    public let timeline: RequestTimeline

    init(_ request: RequestState, _ outcome: Outcome) {
        self.outcome = outcome
        promptTokens = request.prepared.promptTokenIDs.count
        cachedPromptTokens = request.cachedTokens
        outputTokens = request.outputTokens
        longestOutput = request.completions.map(\.tokenIDs.count).max() ?? 0
        params = request.prepared.params
        timeline = request.timeline
    }

    /// Seconds from the arrival to the first run rows, from there to the first token, from there to the end; nil for what
    /// was not reached.
    public var queueSeconds: Double? { timeline.seconds(until: timeline.start) }
    public var prefillSeconds: Double? { Self.seconds(timeline.start, timeline.firstToken) }
    public var decodeSeconds: Double? { Self.seconds(timeline.firstToken, timeline.end) }
    /// Seconds from the arrival to the end.
    public var totalSeconds: Double? { timeline.seconds(until: timeline.end) }

    private static func seconds(_ a: ContinuousClock.Instant?, _ b: ContinuousClock.Instant?) -> Double? {
        guard let a, let b else { return nil }
        return a.duration(to: b) / .seconds(1)
    }
}
