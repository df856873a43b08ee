/// What one step did, for those who measure.
public struct StepReport: Sendable, Equatable {
    /// Token rows that were run.
    public internal(set) var rows = 0
    /// Tokens that came out of it.
    public internal(set) var outputTokens = 0
    /// Tokens of prompts of requests that were run for the first time.
    public internal(set) var promptTokens = 0
    /// The part of them that the prefix cache had.
    public internal(set) var cachedPromptTokens = 0
    /// Seconds from the arrival of a request to its first token, for each that got it in this step.
    public internal(set) var firstTokenSeconds: [Double] = []
    /// Seconds between two tokens of a sequence, for each that got a token which was not its first.
    public internal(set) var interTokenSeconds: [Double] = []
    /// Seconds that requests waited which were run for the first time.
    public internal(set) var queueSeconds: [Double] = []
    /// Seconds of all of the step.
    public internal(set) var seconds = 0.0

    public init() {}

    mutating func removeAll() {
        firstTokenSeconds.removeAll(keepingCapacity: true)
        interTokenSeconds.removeAll(keepingCapacity: true)
        queueSeconds.removeAll(keepingCapacity: true)
        rows = 0
        outputTokens = 0
        promptTokens = 0
        cachedPromptTokens = 0
        seconds = 0
    }
}
