import ArgumentParser
import Foundation
import SpyreBenchmark
import SpyreCheckpoint
import SpyreDevice
import SpyreEngine
import SpyreExecutor

struct LatencyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "latency",
        abstract: "Times reading a prompt (prefill) and generating tokens one by one (decode).",
        discussion: """
            Drives the executor itself with fixed random token ids, so that tokenizer and sampling are not in the \
            figures. Each repeat reads the prompt of every sequence, in steps of at most 512 tokens with the logits of \
            the last one, then runs --output-tokens steps of one token per sequence, with the logits of each. One \
            uncounted repeat comes first. Rates are medians over the repeats and count the tokens of all sequences; \
            prefill_tokens and decode_tokens are those of one sequence. With --depth the prompt comes after so many tokens \
            that are read once and not timed. weight_bytes is what the weights take on the device.

            The limit of prefill is its arithmetic at the measured peak of the processor, that of decode the weights \
            and the cached keys and values at the rate of a plain read loop; both are measured after each repeat, and \
            the fraction is the median of limit / time.

            EXAMPLES
              spyre bench latency
              spyre bench latency --prompt-tokens 2048 --output-tokens 64 --repeat 3
              spyre bench latency --depth 4096 --prompt-tokens 64
              spyre bench latency --batch 8 --dtype bfloat16 --threads 2 --json
            """)

    @OptionGroup(title: "Model options") var model: ModelOptions
    @Option(help: ArgumentHelp("Tokens of the prompt.", valueName: "n")) var promptTokens = 512
    @Option(help: ArgumentHelp("Tokens generated after it.", valueName: "n")) var outputTokens = 128
    @Option(help: ArgumentHelp("Tokens that are in the cache before the prompt.", valueName: "n")) var depth = 0
    @Option(help: ArgumentHelp("Sequences at the same time.", valueName: "n")) var batch = 1
    @Option(help: ArgumentHelp("Repeats that count.", valueName: "n")) var `repeat` = 5
    @Option(help: ArgumentHelp("Chooses the token ids.", valueName: "seed")) var seed: UInt64 = 0
    @OptionGroup(title: "Output options") var output: OutputOptions

    func check() throws(CommandFailure) {
        try model.check()
        try ModelOptions.check("--prompt-tokens", promptTokens, upTo: 1 << 24)
        try ModelOptions.check("--output-tokens", outputTokens, upTo: 1 << 24)
        try ModelOptions.check("--depth", depth, from: 0, upTo: 1 << 24)
        try ModelOptions.check("--batch", batch, upTo: 1024)
        if let most = model.maxNumSeqs, most < batch {
            throw .usage("--max-num-seqs \(most) leaves no room for --batch \(batch); raise it or leave it out")
        }
        try ModelOptions.check("--repeat", `repeat`, upTo: 10_000)
    }

    func run() throws {
        try check()
        try BenchmarkHost.checkWaits()
        try Log.start(quiet: output.quiet)
        let reporter = ProgressReporter(quiet: output.quiet)
        defer { reporter.finish() }
        let start = ContinuousClock.now
        let checkpoint = try Checkpoint.open(ModelStore().resolve(model.model))
        let options = try executorOptions(longestContext: checkpoint.configuration.maximumPositions)
        // Weights are packed first; what follows is warm-up.
        var packed: ContinuousClock.Instant?
        let executor = try SpyreExecutor(checkpoint: checkpoint, options: options) { progress in
            if progress.stage == .compiling, packed == nil { packed = .now }
            reporter.report(ProgressBar(progress))
        }
        let ready = ContinuousClock.now
        KVCacheNotice(executor.limits, type: model.kvCacheType).write(after: reporter, quiet: output.quiet)
        let runs = try measure(executor, model.work(of: checkpoint), reporter)
        reporter.finish()
        let row = LatencyRow(
            model: model, threads: try device().threads, work: work, runs: runs.runs,
            loadSeconds: (ready - start).seconds, warmUpSeconds: (ready - (packed ?? ready)).seconds,
            weightBytes: WeightBytes.count(checkpoint.tensors.values, dtype: model.dtype),
            peakMemory: runs.peakMemory, modelWork: model.work(of: checkpoint))
        try print(row)
    }

    var work: LatencyWork {
        LatencyWork(
            depth: depth, promptTokens: promptTokens, outputTokens: outputTokens, sequences: batch, repeats: `repeat`,
            seed: seed)
    }

    /// The peak is that before the memory of the bandwidth loop is taken.
    private func measure(
        _ executor: any Executor, _ modelWork: ModelWork?, _ reporter: ProgressReporter
    ) throws -> (runs: [LatencyRun], peakMemory: Int?) {
        let device = try device()
        var peakMemory: Int?
        var limits: ModelLimits?
        let runs = try LatencyBenchmark(executor: executor, work: work).run(
            limits: modelWork.map { modelWork in
                {
                    peakMemory = peakMemory ?? ProcessMemory.peak()
                    let bytes = modelWork.bytes(sequences: batch, context: work.meanContext)
                    let types = modelWork.operations(prompt: promptTokens, depth: depth).keys
                    let known =
                        try limits
                        ?? ModelLimits(
                            isa: device.isa, threads: device.threads, bytes: Int(bytes), types: types)
                    limits = known
                    return try known.sample()
                }
            },
            progress: { completed, total in
                reporter.report(ProgressBar(title: "measuring", completed: completed, total: total))
            })
        return (runs, peakMemory ?? ProcessMemory.peak())
    }

    /// Room for the measured sequences and no more, unless the user asks for it.
    func executorOptions(longestContext longest: Int) throws(CommandFailure) -> ExecutorOptions {
        let needed = work.length
        guard needed <= model.maxModelLen ?? longest else {
            throw .usage(
                "\(needed) tokens do not fit in the context of \(model.maxModelLen ?? longest); "
                    + "lower --depth, --prompt-tokens or --output-tokens")
        }
        var options = model.executorOptions
        options.maximumSequences = model.maxNumSeqs ?? batch
        options.maximumModelLength = model.maxModelLen ?? needed
        return options
    }

    /// As many as the device would take: the executor opens it with the same number.
    private func device() throws -> DeviceInformation { try Device(threads: model.threads).information() }

    private func print(_ row: LatencyRow) throws {
        if output.json {
            try StandardOutput.shared.writeLine(JSONLine.text(row))
        } else {
            for line in row.lines { try StandardOutput.shared.writeLine(line) }
        }
    }
}
