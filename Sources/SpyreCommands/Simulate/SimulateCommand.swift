import ArgumentParser
import Foundation
import SpyreScheduler

struct SimulateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Runs a scheduling policy without a model.",
        discussion: """
            With --case: step tables. The file holds one case or {"cases": […]}, each with limits and requests that \
            arrive after a number of steps; docs/scheduling.md has the fields. Each case gives {"name": …, "steps": […]}. \
            Its limits are those of the file.

            Otherwise: a trace in simulated time. --trace reads requests, one JSON object per line, {"arrival": 0.5, \
            "prompt_len": 128, "output_len": 64}; --arrivals draws them. A step takes a + b * prefill tokens + c * decode \
            sequences + d * context tokens seconds. --step-time reads the four numbers from a file, {"a": …, "b": …, \
            "c": …, "d": …}, or fits them to the lines of `spyre bench latency --json`. Printed are percentiles of \
            the time to the first token (TTFT) and between tokens (ITL), and throughput; --steps prints every step. --report draws \
            the requests as bars over time, with the KV cache below.

            EXAMPLES
              spyre simulate --policy spyre --case cases.json --json
              spyre simulate --policy continuous --trace trace.jsonl
              spyre simulate --arrivals bursty --requests 100000 --rate 20 --json
              spyre simulate --policy static --warmup-shapes 256x64x8 --lengths fixed
              spyre simulate --rate 8 --report batch.html
            """)

    @Option(
        name: .customLong("case"),
        help: ArgumentHelp("File of cases; - is standard input.", valueName: "file"))
    var caseFile: String?
    @Option(help: ArgumentHelp("File of requests; - is standard input.", valueName: "file")) var trace: String?
    @OptionGroup(title: "Requests that are drawn") var drawn: DrawnTraceOptions
    @OptionGroup(title: "Policy and limits") var limits: SchedulerOptions
    @Option(
        help: ArgumentHelp(
            "File of the step time, or of measured steps; default: SmolLM2-135M on two cores.", valueName: "file"))
    var stepTime: String?
    @Flag(help: "Print every step of the trace.") var steps = false
    @OptionGroup(title: "Report") var report: SimulationReportOptions
    @OptionGroup(title: "Output options") var output: OutputOptions

    func check() throws(CommandFailure) {
        guard caseFile == nil || trace == nil else { throw .usage("give --case or --trace, not both") }
        try limits.check()
        try drawn.check()
        try report.check()
    }

    func run() throws {
        try check()
        try Log.start(quiet: output.quiet)
        if let caseFile {
            let cases = try CaseFile(path: caseFile).cases
            return try CaseRun(cases: cases, limits: limits, report: report, output: output).run()
        }
        let requests = try trace.map { try TraceFile(path: $0).requests } ?? drawn.requests(limits)
        let model = try stepTime.map { try StepTimeFile(path: $0).model } ?? StepTimeFile.standard
        let run = TraceRun(requests: requests, stepTime: model, limits: limits, report: report, output: output)
        try run.run(printingSteps: steps)
    }
}
