import ArgumentParser
import SpyreBenchmark

struct PagedAttentionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "paged-attention",
        abstract: "Sweeps attention over paged KV caches, beside contiguous attention and a plain read.",
        discussion: """
            The blocks of a batch lie scattered over the cache in an order that a seed shuffles. Each result is compared \
            with float64 under the library's bound, and bit by bit with the same op over contiguous blocks of 64; a \
            wrong one ends the command. Then paged attention, contiguous attention and a plain loop that reads the same \
            keys and values once take turns. `of limit` is the median of read / paged, `vs contig.` that of \
            contiguous / paged: 1.00x means that paging costs nothing, more that it saves (a shared prefix is read \
            once, contiguous attention has a copy for each sequence).

            Without options each axis varies alone, round \(Self.base(quick: false)) \
            (with --quick: \(Self.base(quick: true))); layouts and block sizes together. When axes are named, all \
            combinations of their values are measured, and the others stay where they are.

            BATCH MIXES (C is the context, n the batch size)
            \(BatchMix.allCases.map { "\($0.rawValue): \($0.formula)" }.joined(separator: "\n"))

            LAYOUTS
            \(KVLayout.allCases.map { "\($0.rawValue): \($0.formula)" }.joined(separator: "\n"))

            KV SPLIT
            How many threads share the keys of one sequence follows from the work: all of a launch is one line of \
            256-token chunks, of which each thread takes an equal piece. So one sequence on 2 threads is split in 2, \
            and 2 equal ones are not: sweep --threads and --batch-sizes.

            EXAMPLES
              spyre bench paged-attention --quick
              spyre bench paged-attention --block-sizes 16,64,256 --layouts tokens
              spyre bench paged-attention --mix zipf,one-long --batch-sizes 32 --json
              spyre bench paged-attention --batch-sizes 1 --threads 1,2
              spyre bench paged-attention --report paged.html
            """)

    @Option(help: ArgumentHelp("Tokens of the longest sequence, with commas between.", valueName: "n"))
    var contexts: [String] = []
    @Option(help: ArgumentHelp("Sequences, with commas between.", valueName: "n"))
    var batchSizes: [String] = []
    @Option(
        help: ArgumentHelp(
            "Batch mixes, with commas between: \(BatchMix.allCases.map(\.rawValue).joined(separator: ", ")).",
            valueName: "mix"))
    var mix: [String] = []
    @Option(help: ArgumentHelp("Query heads that share a KV head, with commas between.", valueName: "n"))
    var groups: [String] = []
    @Option(help: ArgumentHelp("KV heads.", valueName: "n"))
    var kvHeads = 8
    @Option(help: ArgumentHelp("Head sizes, with commas between.", valueName: "n"))
    var headSizes: [String] = []
    @Option(help: ArgumentHelp("Query rows of each sequence; 1 is decode.", valueName: "n"))
    var queries = 1
    @Option(
        help: ArgumentHelp(
            "Types of the cache, with commas between: \(PagedAttentionSweep.dtypes.joined(separator: ", ")).",
            valueName: "type"))
    var dtype: [String] = []
    @Option(help: ArgumentHelp("Tokens of a block, with commas between: 16 to 256.", valueName: "n"))
    var blockSizes: [String] = []
    @Option(
        help: ArgumentHelp(
            "Layouts, with commas between: \(KVLayout.allCases.map(\.rawValue).joined(separator: ", ")).",
            valueName: "layout"))
    var layouts: [String] = []
    @Option(
        help: ArgumentHelp("Instruction sets with commas between, or all; default: the best.", valueName: "isa"))
    var isa: [String] = []
    @Option(
        help: ArgumentHelp(
            "Threads, with commas between; default: OMP_NUM_THREADS or what the processor offers.", valueName: "n"))
    var threads: [String] = []
    @OptionGroup(title: "Measurement options") var measurement: MeasurementOptions
    @OptionGroup(title: "Output options") var output: OutputOptions

    private static func base(quick: Bool) -> String {
        var sweep = PagedAttentionSweep()
        sweep.isQuick = quick
        return sweep.base.name
    }

    // MARK: Options

    func cases() throws(CommandFailure) -> [PagedAttentionCase] {
        var sweep = PagedAttentionSweep()
        sweep.mixes = try named("--mix", mix, BatchMix.allCases)
        sweep.layouts = try named("--layouts", layouts, KVLayout.allCases)
        sweep.sequences = try numbers("--batch-sizes", batchSizes)
        sweep.contexts = try numbers("--contexts", contexts)
        sweep.groups = try numbers("--groups", groups)
        sweep.headSizes = try numbers("--head-sizes", headSizes)
        sweep.blockSizes = try numbers("--block-sizes", blockSizes)
        sweep.dtypes = try dtypes()
        (sweep.kvHeads, sweep.queries, sweep.isQuick) = (kvHeads, queries, measurement.quick)
        do throws(BenchmarkError) { return try sweep.cases() } catch { throw CommandFailure(error) }
    }

    private func named<Value: RawRepresentable<String>>(
        _ option: String, _ values: [String], _ all: [Value]
    ) throws(CommandFailure) -> [Value] {
        var result: [Value] = []
        for text in OptionList.split(values) {
            guard let value = all.first(where: { $0.rawValue == text.lowercased() }) else {
                throw .usage(
                    "\(option): \(OneLine.quoted(text)) is unknown; use "
                        + all.map(\.rawValue).joined(separator: ", "))
            }
            result.append(value)
        }
        return result
    }

    /// In any case, as the library's names are.
    private func dtypes() throws(CommandFailure) -> [String] {
        var result: [String] = []
        for text in OptionList.split(dtype) {
            guard let name = PagedAttentionSweep.dtypes.first(where: { $0.lowercased() == text.lowercased() }) else {
                throw .usage(
                    "--dtype: \(OneLine.quoted(text)) is no type of a KV cache; use "
                        + PagedAttentionSweep.dtypes.joined(separator: ", "))
            }
            result.append(name)
        }
        return result
    }

    private func numbers(_ option: String, _ values: [String]) throws(CommandFailure) -> [Int] {
        var result: [Int] = []
        for text in OptionList.split(values) {
            guard let number = Int(text), number > 0 else {
                throw .usage("\(option): \(OneLine.quoted(text)) is no positive integer; write such as 512,4096")
            }
            result.append(number)
        }
        return result
    }

    private func threadCounts() throws(CommandFailure) -> [Int?] {
        let counts = try numbers("--threads", threads)
        for count in counts { try ModelOptions.check("--threads", count, upTo: ModelOptions.greatestThreads) }
        return counts.isEmpty ? [nil] : counts
    }

    // MARK: Run

    func run() throws {
        try measurement.check()
        try ThreadVariable.check()
        try BenchmarkHost.checkWaits()
        let cases = try cases()
        let isas = try InstructionSets.named(isa), threadCounts = try threadCounts()
        try Log.start(quiet: output.quiet)
        let caches = CacheHierarchy()
        let machine = MachineDescription(caches: caches, looksForPeers: false)
        if output.json { try StandardOutput.shared.writeLine(JSONLine.text(machine)) }
        BenchmarkHost.warnOfOthers(machine, quiet: output.quiet)
        let settings = isas.flatMap { isa in threadCounts.map { (isa: isa, threads: $0) } }
        let rows = try measure(cases, settings, caches)
        try measurement.reportFile?.write(html: PagedAttentionPage(machine: machine.fields, rows: rows).html)
        guard !output.json else { return }
        try StandardOutput.shared.writeLine(machine.line)
        for line in PagedAttentionText(rows: rows).lines { try StandardOutput.shared.writeLine(line) }
    }

    private func measure(
        _ cases: [PagedAttentionCase], _ settings: [(isa: String?, threads: Int?)], _ caches: CacheHierarchy
    ) throws -> [PagedAttentionRow] {
        let reporter = ProgressReporter(quiet: output.quiet)
        defer { reporter.finish() }
        let streams = StreamCache()
        var measured = MeasuredRows<PagedAttentionRow>(
            "measuring attention", total: settings.count * cases.count, output, reporter,
            smaller: "--batch-sizes or --contexts")
        for setting in settings {
            let context = try KernelContext(
                isa: setting.isa, threads: setting.threads, memoryLimit: BenchmarkHost.deviceLimit())
            let measurement = PagedAttentionMeasurement(
                context: context, caches: caches, plan: self.measurement.plan, streams: streams)
            for shape in cases { try measured.add(shape.name) { try measurement.run(shape) } }
        }
        return measured.rows
    }
}
