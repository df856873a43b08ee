/// A complete reply. Times are seconds.
package struct RequestTimings: Sendable, Equatable {
    /// From sending to the first chunk of output.
    package var timeToFirstToken: Double
    /// From sending to the last chunk.
    package var endToEnd: Double
    /// Between chunks of output.
    package var gaps: [Float]
    /// As the server says; nil when it does not, and the client does not know either.
    package var promptTokens: Int?
    /// As the server says, or the number of chunks.
    package var outputTokens: Int
    /// Whether the server said how many tokens there were.
    package var hasUsage: Bool

    package init(
        timeToFirstToken: Double, endToEnd: Double, gaps: [Float], promptTokens: Int?, outputTokens: Int, hasUsage: Bool
    ) {
        self.timeToFirstToken = timeToFirstToken
        self.endToEnd = endToEnd
        self.gaps = gaps
        self.promptTokens = promptTokens
        self.outputTokens = outputTokens
        self.hasUsage = hasUsage
    }

    /// - Parameter promptTokens: what the client knows of its own prompt.
    init(_ record: StreamRecord, firstToken: UInt64, promptTokens: Int?) {
        self.init(
            timeToFirstToken: Double(firstToken) * 1e-9, endToEnd: Double(record.end) * 1e-9, gaps: record.gaps,
            promptTokens: record.usage?.promptTokens ?? promptTokens,
            outputTokens: record.usage?.completionTokens ?? record.chunks, hasUsage: record.usage != nil)
    }

    /// The mean time of a token after the first; nil when there is no other.
    package var timePerOutputToken: Double? {
        outputTokens > 1 ? (endToEnd - timeToFirstToken) / Double(outputTokens - 1) : nil
    }
}
