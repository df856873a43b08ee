/// What came of a trace.
package struct TraceResult: Sendable {
    /// Requests that ended.
    package var completed = 0
    /// Requests that the policy could never run.
    package var refused = 0
    package var firstRefusal: (request: Int, reason: RequestRefusal)?
    package var steps = 0
    /// Simulated seconds from 0 to the last token.
    package var duration = 0.0
    /// Of it, seconds in which a step ran.
    package var busy = 0.0
    package var promptTokens = 0
    package var outputTokens = 0
    /// Tokens that were run, those again that were sent back, and padding.
    package var prefillTokens = 0
    /// From arrival to the first token, from one token to the next, and from arrival to the last.
    package var firstToken = DurationHistogram()
    package var betweenTokens = DurationHistogram()
    package var endToEnd = DurationHistogram()
    /// Used part of the pool, weighted by the time of steps.
    package var meanUsage = 0.0
    package var greatestRunning = 0
    package var greatestWaiting = 0
    /// Tokens of prompts that the prefix cache had.
    package var hitTokens = 0
    /// What only some policies count.
    package var preemptions: Int?
    package var pauseEvents: Int?
    package var resumeEvents: Int?
}
