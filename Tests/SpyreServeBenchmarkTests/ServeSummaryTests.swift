import Testing

@testable import SpyreServeBenchmark

struct ServeSummaryTests {
    private func reply(
        _ index: Int, sent: Double, ttft: Double, gaps: [Float], prompt: Int? = 10, tokens: Int, usage: Bool = true
    ) -> RequestOutcome {
        let end = ttft + gaps.reduce(0) { $0 + Double($1) }
        return RequestOutcome(
            index: index, scheduled: sent - 0.5, arrived: sent - 0.25, sent: sent, ended: sent + end,
            result: .success(
                RequestTimings(
                    timeToFirstToken: ttft, endToEnd: end, gaps: gaps, promptTokens: prompt, outputTokens: tokens,
                    hasUsage: usage)))
    }

    private func failure(_ index: Int, _ kind: RequestFailure.Kind, sent: Double) -> RequestOutcome {
        RequestOutcome(
            index: index, scheduled: sent, arrived: sent, sent: sent, ended: sent + 0.5,
            result: .failure(RequestFailure(kind, "reason \(index)")))
    }

    /// Three replies in binary fractions of a second, so that all sums are exact.
    private var run: RunResult {
        RunResult(
            outcomes: [
                reply(0, sent: 1, ttft: 0.5, gaps: [0.25, 0.25], tokens: 3),
                reply(1, sent: 1, ttft: 1, gaps: [0.5, 0.5], prompt: 20, tokens: 5),
                // One chunk with one token has no time per output token.
                reply(2, sent: 2, ttft: 0.25, gaps: [], prompt: nil, tokens: 1, usage: false),
                failure(3, .refused, sent: 2.5), failure(4, .status(500), sent: 4), failure(5, .refused, sent: 4),
            ], duration: 4, unsent: 2)
    }

    @Test func figuresByHand() {
        let summary = ServeSummary(run)
        #expect(summary.completed == 3 && summary.failed == 3 && summary.unsent == 2)
        #expect(summary.inputTokens == 30 && summary.outputTokens == 9)
        #expect(summary.requestThroughput == 0.75 && summary.outputThroughput == 2.25)
        #expect(summary.totalTokenThroughput == 9.75)
        #expect(summary.timeToFirstToken.median == 500)
        #expect(abs(summary.timeToFirstToken.mean - 1750.0 / 3) < 1e-9)
        // 0.5 s / 2 and 1 s / 4.
        #expect(summary.timePerOutputToken.count == 2 && summary.timePerOutputToken.mean == 250)
        #expect(summary.interTokenLatency.count == 4 && summary.interTokenLatency.mean == 375)
        #expect(summary.endToEnd.maximum == 2000 && summary.endToEnd.median == 1000)
        #expect(summary.slotWait.mean == 125 && summary.arrivalLag.mean == 125)
        #expect(summary.repliesWithoutUsage == 1 && summary.repliesWithoutPromptTokens == 1)
        #expect(summary.good == nil && summary.goodput == nil)
    }

    @Test func failuresAreCountedByKind() {
        let failures = ServeSummary(run).failures
        #expect(failures.map(\.kind.name) == ["refused_429", "http_500"])
        #expect(failures.map(\.count) == [2, 1])
        #expect(failures.map(\.example) == ["reason 3", "reason 4"])
    }

    @Test func oneThatEndsMakesRoom() {
        // 0 and 1 from 1 to 2 and 3, 2 from 2 to 2.25, 3 from 2.5 to 3, 4 and 5 from 4 to 4.5.
        #expect(ServeSummary(run).peakConcurrency == 2)
    }

    @Test func chunksOfASecond() {
        // Seconds from 1: 0.5, 0.75, 1; 1, 1.5, 2; 1.25.
        let replies = run.outcomes.compactMap { outcome in outcome.timings.map { (sent: outcome.sent, timings: $0) } }
        #expect(ServeSummary.chunksPerSecond(replies) == [2, 4, 1])
        #expect(ServeSummary(run).peakChunksPerSecond == 4)
    }

    @Test func goodput() throws {
        let level = try #require(ServiceLevel("ttft:500,e2el:1000"))
        let summary = ServeSummary(run, level: level)
        #expect(summary.good == 2 && summary.goodput == 0.5)
        // A reply without a time per output token keeps its limit.
        #expect(ServeSummary(run, level: ServiceLevel(timePerOutputToken: 100)).good == 1)
        #expect(ServeSummary(run, level: ServiceLevel(timePerOutputToken: 250)).good == 3)
    }

    @Test func withoutRepliesThereAreNoFigures() {
        let summary = ServeSummary(RunResult(outcomes: [failure(0, .timeout, sent: 0)], duration: 1))
        #expect(summary.completed == 0 && summary.failed == 1 && summary.timeToFirstToken.mean.isNaN)
        #expect(summary.peakChunksPerSecond == 0 && summary.peakConcurrency == 1)
    }

    @Test(arguments: [
        "", "ttft", "ttft:", "ttft:0", "ttft:-1", "ttft:x", "itl:5", "ttft:1,ttft:2", "ttft:1,", "ttft:nan",
    ])
    func wrongLevels(text: String) { #expect(ServiceLevel(text) == nil) }
}
