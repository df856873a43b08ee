/// What a run measured.
package struct RunResult: Sendable {
    /// In the order in which requests ended.
    package var outcomes: [RequestOutcome]
    /// Seconds from the beginning to the end of the last request.
    package var duration: Double
    /// Requests that still waited for their turn when time was up.
    package var unsent: Int
    /// Processor seconds of this process.
    package var clientProcessorSeconds: Double
    /// Chunks of output of all replies, also of those that failed later.
    package var chunks: Int

    package init(
        outcomes: [RequestOutcome], duration: Double, unsent: Int = 0, clientProcessorSeconds: Double = 0,
        chunks: Int = 0
    ) {
        self.outcomes = outcomes
        self.duration = duration
        self.unsent = unsent
        self.clientProcessorSeconds = clientProcessorSeconds
        self.chunks = chunks
    }
}
