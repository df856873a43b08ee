/// How long a request took, in seconds of a monotonic clock that starts when the request was handed over.
public struct RequestMetrics: Sendable, Equatable {
    public let promptTokens: Int
    /// Tokens of all completions together.
    public let outputTokens: Int
    /// Until the first token of the first completion; nil when there was none.
    public let firstTokenSeconds: Double?
    /// Until the last completion ended.
    public let totalSeconds: Double
    /// Tokens of the prompt that were in the prefix cache.
    public let cachedPromptTokens: Int

    public init(
        promptTokens: Int, outputTokens: Int, firstTokenSeconds: Double?, totalSeconds: Double,
        cachedPromptTokens: Int = 0
    ) {
        self.promptTokens = promptTokens
        self.outputTokens = outputTokens
        self.firstTokenSeconds = firstTokenSeconds
        self.totalSeconds = totalSeconds
        self.cachedPromptTokens = cachedPromptTokens
    }
}
