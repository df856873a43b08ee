/// How far a call of `generate` has come.
public struct GenerationProgress: Sendable, Equatable {
    public let finishedRequests: Int
    public let totalRequests: Int
    /// Tokens of all completions so far.
    public let outputTokens: Int

    public init(finishedRequests: Int, totalRequests: Int, outputTokens: Int) {
        self.finishedRequests = finishedRequests
        self.totalRequests = totalRequests
        self.outputTokens = outputTokens
    }
}
