import Foundation
import SpyreBenchmark
import SpyreServeBenchmark

/// What `spyre bench serve` found, with what it was asked.
struct ServeBenchmarkRow {
    let model: String
    let address: ServerAddress
    let endpoint: CompletionEndpoint
    let load: LoadOptions
    let work: WorkloadOptions
    let figures: FigureOptions
    /// nil when a duration decided it.
    let requests: Int?
    let run: RunResult
    let summary: ServeSummary
    let date: Date

    init(
        model: String, server: ServerOptions, address: ServerAddress, load: LoadOptions, work: WorkloadOptions,
        figures: FigureOptions, requests: Int?, result: RunResult, date: Date = Date()
    ) {
        self.model = model
        self.address = address
        endpoint = server.endpoint
        self.load = load
        self.work = work
        self.figures = figures
        self.requests = requests
        run = result
        summary = ServeSummary(result, level: figures.goodput ?? ServiceLevel())
        self.date = date
    }

    /// Names and figures of the four times, in vLLM's order.
    var latencies: [(key: String, name: String, values: Distribution)] {
        [
            ("ttft", "first token (TTFT)", summary.timeToFirstToken),
            ("tpot", "per further token (TPOT)", summary.timePerOutputToken),
            ("itl", "between chunks (ITL)", summary.interTokenLatency),
            ("e2el", "whole request (E2EL)", summary.endToEnd),
        ]
    }

    /// Microseconds of this process for each chunk of output; nil without any.
    var clientMicrosecondsPerChunk: Double? {
        run.chunks > 0 ? run.clientProcessorSeconds * 1e6 / Double(run.chunks) : nil
    }

    /// How the failures are told in one line: `3 × refused_429 (busy), 1 × timeout (no answer in time)`.
    var failureText: String {
        summary.failures.map { "\($0.count) × \($0.kind.name) (\(OneLine.text($0.example)))" }.joined(separator: ", ")
    }

    /// Why the command fails when nothing came back.
    var totalFailure: String {
        "no request came back from \(address.base): " + (summary.failures.isEmpty ? "none was sent" : failureText)
    }

    /// What to know about token counts; nil when they are the server's.
    var usageNotice: String? {
        guard summary.repliesWithoutUsage > 0 else { return nil }
        let count = summary.repliesWithoutUsage
        let which = count == summary.completed ? "the server sends no usage" : "\(count) replies had no usage"
        return "\(which): output tokens are chunks counted"
            + (summary.repliesWithoutPromptTokens > 0 ? ", and prompt tokens of texts are not known" : "")
    }
}
