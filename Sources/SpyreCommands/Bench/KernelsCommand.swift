import ArgumentParser
import SpyreBenchmark

struct KernelsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kernels",
        abstract: "Times the kernels of the library beside the limits of this processor.",
        discussion: """
            Each result is first compared with float64 under the bound that the library promises; a wrong one ends the \
            command. Then the kernel takes turns with a plain loop that moves the same bytes and with a loop that does \
            arithmetic only. The larger of those two times is the limit, and `of limit` is the median over the turns \
            of limit / kernel: 100% means that no program could be faster. Beside float32 products stands OpenBLAS, \
            when it is installed.

            OPS
              \(KernelCatalog.families.map { "\($0.name) \($0.dimensions)" }.joined(separator: "\n  "))

            EXAMPLES
              spyre bench kernels --quick
              spyre bench kernels --op matmul --dtype bfloat16 --shape 512x4096x4096
              spyre bench kernels --op matmul --shape 1x4096x4096 --isa all --json
              spyre bench kernels --op attention_decode --threads 1
              spyre bench kernels --report kernels.html
            """)

    @Option(help: ArgumentHelp("Ops with commas between; default: all.", valueName: "op"))
    var op: [String] = []
    @Option(help: ArgumentHelp("Types of weights or cache with commas between; default: all.", valueName: "type"))
    var dtype: [String] = []
    @Option(help: ArgumentHelp("Shapes with commas between; default: those of language models.", valueName: "shape"))
    var shape: [String] = []
    @Option(
        help: ArgumentHelp("Instruction sets with commas between, or all; default: the best.", valueName: "isa"))
    var isa: [String] = []
    @Option(help: ArgumentHelp("Threads; default: OMP_NUM_THREADS or what the processor offers.", valueName: "n"))
    var threads: Int?
    @OptionGroup(title: "Measurement options") var measurement: MeasurementOptions
    @OptionGroup(title: "Output options") var output: OutputOptions

    func check() throws(CommandFailure) {
        try ModelOptions.check("--threads", threads, upTo: ModelOptions.greatestThreads)
        try measurement.check()
        try ThreadVariable.check()
    }

    func cases() throws(CommandFailure) -> [KernelCase] {
        do throws(BenchmarkError) {
            var selection = KernelSelection()
            selection.ops = OptionList.split(op)
            selection.dtypes = OptionList.split(dtype)
            for text in OptionList.split(shape) { selection.shapes.append(try KernelShape(parsing: text)) }
            selection.isQuick = measurement.quick
            return try selection.cases()
        } catch {
            throw CommandFailure(error)
        }
    }

    func run() throws {
        try check()
        try BenchmarkHost.checkWaits()
        let cases = try cases()
        let isas = try InstructionSets.named(isa)
        try Log.start(quiet: output.quiet)
        let caches = CacheHierarchy()
        let machine = MachineDescription(caches: caches, looksForPeers: true)
        if output.json { try StandardOutput.shared.writeLine(JSONLine.text(machine)) }
        BenchmarkHost.warnOfOthers(machine, quiet: output.quiet)
        let reporter = ProgressReporter(quiet: output.quiet)
        defer { reporter.finish() }
        let contexts = try isas.map {
            try KernelContext(isa: $0, threads: threads, memoryLimit: BenchmarkHost.deviceLimit())
        }
        let limits = try measurement.reportFile.map { _ in try self.limits(contexts, caches, reporter) }
        var measured = MeasuredRows<KernelRow>(
            "measuring kernels", total: contexts.count * cases.count, output, reporter, smaller: "--shape")
        for context in contexts {
            let measurement = KernelMeasurement(
                context: context, caches: caches, plan: self.measurement.plan, comparesPeers: true,
                streams: StreamCache())
            for kernel in cases { try measured.add(kernel.name) { try measurement.run(kernel) } }
        }
        reporter.finish()
        try measurement.reportFile?.write(
            ReportPage(
                title: "Kernels beside the limits of this processor", machine: machine.fields, limits: limits ?? [],
                kernels: measured.rows))
        guard !output.json else { return }
        try StandardOutput.shared.writeLine(machine.line)
        for line in KernelText(rows: measured.rows).lines { try StandardOutput.shared.writeLine(line) }
    }

    /// The roofs of the report, of the same threads and instruction sets.
    private func limits(
        _ contexts: [KernelContext], _ caches: CacheHierarchy, _ reporter: ProgressReporter
    ) throws -> [RooflineRow] {
        try RooflineMeasurement(
            isas: contexts.map(\.isa), threadCounts: contexts.prefix(1).map(\.threads), caches: caches,
            plan: measurement.plan, memoryLimit: BenchmarkHost.streamLimit()
        ).run { completed, total in
            reporter.report(ProgressBar(title: "measuring limits", completed: completed, total: total))
        }
    }
}
