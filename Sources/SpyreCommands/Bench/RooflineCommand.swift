import ArgumentParser
import SpyreBenchmark

struct RooflineCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "roofline",
        abstract: "Measures what this processor can do at most: arithmetic, memory, threads.",
        discussion: """
            Peaks are loops of the instructions that kernels use, on registers only; a multiplication and an addition \
            are one operation each. Bandwidth is that of plain loops over memory of a size that fits each cache, and \
            of four times the last one for DRAM. fork_join starts and ends a team of threads, a barrier lets them \
            wait for each other. The first figure is the best of all samples, which is nearest to the limit, because \
            whatever else the computer does only slows a loop down. Everything is measured with one thread and with all.

            EXAMPLES
              spyre bench roofline
              spyre bench roofline --threads 4 --isa avx2 --json
              spyre bench roofline --report roofline.html
            """)

    @Option(help: ArgumentHelp("Threads; default: one, and what the processor offers.", valueName: "n"))
    var threads: Int?
    @Option(
        help: ArgumentHelp("Instruction sets with commas between, or all; default: all.", valueName: "isa"))
    var isa: [String] = []
    @OptionGroup(title: "Measurement options") var measurement: MeasurementOptions
    @OptionGroup(title: "Output options") var output: OutputOptions

    func check() throws(CommandFailure) {
        try ModelOptions.check("--threads", threads, upTo: ModelOptions.greatestThreads)
        try measurement.check()
        try ThreadVariable.check()
    }

    func run() throws {
        try check()
        try BenchmarkHost.checkWaits()
        let isas = try InstructionSets.named(isa.isEmpty ? [InstructionSets.everything] : isa).compactMap(\.self)
        try Log.start(quiet: output.quiet)
        let caches = CacheHierarchy()
        let machine = MachineDescription(caches: caches, looksForPeers: false)
        BenchmarkHost.warnOfOthers(machine, quiet: output.quiet)
        let reporter = ProgressReporter(quiet: output.quiet)
        defer { reporter.finish() }
        let rows = try RooflineMeasurement(
            isas: isas, threadCounts: BenchmarkHost.threadCounts(threads), caches: caches, plan: measurement.plan,
            memoryLimit: BenchmarkHost.streamLimit()
        ).run { completed, total in
            reporter.report(ProgressBar(title: "measuring limits", completed: completed, total: total))
        }
        reporter.finish()
        try measurement.reportFile?.write(
            ReportPage(title: "What this processor can do", machine: machine.fields, limits: rows, kernels: []))
        if output.json {
            try StandardOutput.shared.writeLine(JSONLine.text(machine))
            for row in rows { try StandardOutput.shared.writeLine(JSONLine.text(row)) }
        } else {
            try StandardOutput.shared.writeLine(machine.line)
            for line in RooflineText(rows: rows).lines { try StandardOutput.shared.writeLine(line) }
        }
    }
}
