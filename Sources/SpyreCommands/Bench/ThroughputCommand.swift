import ArgumentParser
import SpyreBenchmark
import SpyreCheckpoint
import SpyreDevice
import SpyreEngine

struct ThroughputCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "throughput",
        abstract: "Times many requests together, through the engine's own batching.",
        discussion: """
            All requests are there from the beginning. Prompts are random token ids, and generation goes on past \
            end-of-sequence tokens, so that every request has the length that was asked for. Prompts are not kept for the \
            next repeat, unless --enable-prefix-caching says so; then there is no limit to compare with. A length is a number or a \
            range to draw from. The limit is the arithmetic of all prompts at the measured peak of the processor, and \
            the reading of the weights once for each step of full batches and of the cached keys and values, at the \
            rate of a plain read loop; the fraction is limit / time.

            EXAMPLES
              spyre bench throughput
              spyre bench throughput --requests 64 --prompt-tokens 16-512 --max-num-seqs 16
              spyre bench throughput --output-tokens 128 --seed 7 --json
            """)

    @OptionGroup(title: "Model options") var model: ModelOptions
    @Option(help: ArgumentHelp("Requests.", valueName: "n")) var requests = 16
    @Option(help: ArgumentHelp("Tokens of each prompt, a number or a range.", valueName: "n or n-m"))
    var promptTokens = LengthRange(128...128)
    @Option(help: ArgumentHelp("Tokens generated for each, a number or a range.", valueName: "n or n-m"))
    var outputTokens = LengthRange(64...64)
    @Option(help: ArgumentHelp("Repeats that count.", valueName: "n")) var `repeat` = 1
    @Option(help: ArgumentHelp("Chooses lengths and token ids.", valueName: "seed")) var seed: UInt64 = 0
    @OptionGroup(title: "Scheduling options") var scheduling: PolicyOptions
    @OptionGroup(title: "Output options") var output: OutputOptions

    func check() throws(CommandFailure) {
        try model.check()
        try scheduling.check(sequences: model.maxNumSeqs)
        try ModelOptions.check("--requests", requests, upTo: 1 << 16)
        try ModelOptions.check("--repeat", `repeat`, upTo: 10_000)
    }

    func run() throws {
        try check()
        try Log.start(quiet: output.quiet)
        let path = try ModelStore().resolve(model.model)
        let checkpoint = try Checkpoint.open(path)
        let longest = promptTokens.range.upperBound + outputTokens.range.upperBound
        let context = model.maxModelLen ?? checkpoint.configuration.maximumPositions
        guard longest <= context else {
            throw CommandFailure.usage(
                "\(longest) tokens do not fit in the context of \(context); lower --prompt-tokens or --output-tokens")
        }
        // Repeats with the same prompts would find them.
        let configuration = try scheduling.configuration(cachesPrefixes: false)
        var options = model.executorOptions
        options.maximumModelLength = model.maxModelLen ?? min(context, max(longest, configuration.longestShape))
        scheduling.apply(to: &options)
        let reporter = ProgressReporter(quiet: output.quiet)
        defer { reporter.finish() }
        let start = ContinuousClock.now
        let engine = try LLM(model: path, options: options, scheduling: configuration) {
            reporter.report(ProgressBar($0))
        }
        let loadSeconds = (ContinuousClock.now - start).seconds
        KVCacheNotice(engine.limits, type: model.kvCacheType).write(after: reporter, quiet: output.quiet)
        let work = ThroughputWork(
            requests: requests, prompt: promptTokens.range, output: outputTokens.range, seed: seed,
            vocabularySize: engine.limits.vocabularySize)
        let device = try Device(threads: model.threads).information()
        let benchmark = ThroughputBenchmark(
            engine: engine, work: work,
            // What is found in the cache is not computed: there is no telling how much has to be.
            modelWork: configuration.cachesPrefixes ? nil : model.work(of: checkpoint), device: device)
        let runs = try benchmark.run(repeats: `repeat`) { reporter.report(ProgressBar($0)) }
        reporter.finish()
        let row = ThroughputRow(
            model: model, policy: scheduling.policy, cachesPrefixes: configuration.cachesPrefixes, device: device,
            work: work, runs: runs,
            sequences: engine.limits.maximumSequences, loadSeconds: loadSeconds)
        if output.json {
            try StandardOutput.shared.writeLine(JSONLine.text(row))
        } else {
            for line in row.lines { try StandardOutput.shared.writeLine(line) }
        }
    }
}

/// `128` or `16-512`.
struct LengthRange: ExpressibleByArgument, CustomStringConvertible {
    static let greatest = 1 << 20
    let range: ClosedRange<Int>

    init(_ range: ClosedRange<Int>) { self.range = range }

    init?(argument: String) {
        let ends = argument.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
        guard (1...2).contains(ends.count), let low = ends[0], let high = ends[ends.count - 1],
            low >= 1, high >= low, high <= Self.greatest
        else { return nil }
        range = low...high
    }

    var description: String {
        range.count == 1 ? "\(range.lowerBound)" : "\(range.lowerBound)-\(range.upperBound)"
    }

    var defaultValueDescription: String { description }
}
