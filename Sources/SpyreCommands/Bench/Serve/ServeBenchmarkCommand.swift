import ArgumentParser
import Foundation
import Logging
import SpyreServeBenchmark

struct ServeBenchmarkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Puts a server under load: any with OpenAI's interface.",
        discussion: """
            Requests come at --request-rate, whatever becomes of earlier ones; only --max-concurrency makes them wait, \
            and that wait is reported apart. Replies are streamed. Token counts are the server's own; chunks are \
            counted when it has none. Times and figures are defined as by vllm bench serve, and --json has the names \
            of its result file; docs/serving-benchmark.md says more.

            Prompts are random token ids for completions and random words for chats, drawn anew for every request, or \
            come from a file with one JSON object per line: {"prompt": "…"}, {"prompt_ids": [1, 2]} or \
            {"messages": […]}, and any field of a request, such as "max_tokens".

            EXAMPLES
              spyre bench serve --max-concurrency 32 --num-prompts 256
              spyre bench serve --request-rate 8 --goodput ttft:500,tpot:100
              spyre bench serve --request-rate 20 --burstiness 0.3 --duration 60
              spyre bench serve --base-url http://host:8080 --endpoint chat --json
              spyre bench serve --prompts-file prompts.jsonl --report page.html

            The exit code is 0 when at least one request got its reply.
            """)

    @OptionGroup(title: "Server") var server: ServerOptions
    @OptionGroup(title: "Load") var load: LoadOptions
    @OptionGroup(title: "Requests") var work: WorkloadOptions
    @OptionGroup(title: "Figures") var figures: FigureOptions
    @OptionGroup(title: "Output options") var output: OutputOptions

    func check() throws(CommandFailure) {
        try server.check()
        try load.check()
        try work.check()
        try figures.check()
    }

    func run() throws {
        try check()
        try Log.start(quiet: output.quiet)
        let address = try server.address()
        let key = try server.key(environment: ProcessInfo.processInfo.environment)
        let file = try work.file(endpoint: server.endpoint)
        let requests = load.numPrompts ?? file?.count ?? LoadOptions.defaultRequests
        let plan = try load.plan(requests: requests, seed: work.seed)
        OpenFiles.allow(plan.greatestConcurrency ?? 0)
        let benchmark = ServeBenchmark(
            address: address, key: key, model: server.model, endpoint: server.endpoint, plan: plan,
            source: file ?? work.randomRequests(endpoint: server.endpoint), temperature: work.temperature,
            ignoresEndOfSequence: work.ignoreEos, warmUps: load.warmups)
        let reporter = ProgressReporter(quiet: output.quiet)
        defer { reporter.finish() }
        let result = try benchmark.run { reporter.report($0) }
        reporter.finish()
        let row = ServeBenchmarkRow(
            model: result.model, server: server, address: address, load: load, work: work, figures: figures,
            requests: load.duration == nil ? requests : nil, result: result.run)
        try print(row)
        try figures.report?.write(html: ServeBenchmarkReport(row: row, run: result.run).html)
        guard row.summary.completed > 0 else { throw CommandFailure(row.totalFailure) }
    }

    private func print(_ row: ServeBenchmarkRow) throws {
        if let notice = row.usageNotice { Logger(label: "spyre.bench").warning("\(notice)") }
        if output.json {
            try StandardOutput.shared.writeLine(JSONLine.text(row.json))
        } else {
            for line in ServeBenchmarkText(row: row).lines { try StandardOutput.shared.writeLine(line) }
        }
    }
}
