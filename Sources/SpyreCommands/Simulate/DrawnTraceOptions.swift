import ArgumentParser
import SpyreScheduler

extension SyntheticTrace.Arrivals: ExpressibleByArgument {}
extension SyntheticTrace.Lengths: ExpressibleByArgument {}

/// Requests drawn by chance, where no trace is given.
struct DrawnTraceOptions: ParsableArguments {
    @Option(help: "Arrivals one by one, or in bursts.") var arrivals = SyntheticTrace.Arrivals.poisson
    @Option(help: "How lengths lie around their means.") var lengths = SyntheticTrace.Lengths.heavyTailed
    @Option(help: ArgumentHelp("Requests.", valueName: "n")) var requests = 1000
    @Option(help: ArgumentHelp("Requests a second.", valueName: "x")) var rate = 2.0
    @Option(help: ArgumentHelp("Mean requests of a burst.", valueName: "x")) var burstSize = 16.0
    @Option(help: ArgumentHelp("Mean tokens of a prompt.", valueName: "n")) var promptTokens = 256
    @Option(help: ArgumentHelp("Mean tokens of an output.", valueName: "n")) var outputTokens = 128
    @Option(help: ArgumentHelp("Tokens at the front that all prompts share.", valueName: "n"))
    var sharedPrefixTokens = 0
    @Option(help: ArgumentHelp("Chooses arrivals and lengths.", valueName: "seed")) var seed: UInt64 = 0

    func check() throws(CommandFailure) {
        try ModelOptions.check("--requests", requests, upTo: 10_000_000)
        try ModelOptions.check("--prompt-tokens", promptTokens, upTo: 1 << 20)
        try ModelOptions.check("--output-tokens", outputTokens, upTo: 1 << 20)
        try ModelOptions.check("--shared-prefix-tokens", sharedPrefixTokens, from: 0, upTo: 1 << 20)
        guard rate.isFinite, rate > 0 else { throw .usage("--rate must be a number above 0, got \(rate)") }
        guard burstSize.isFinite, burstSize >= 1 else {
            throw .usage("--burst-size must be a number from 1 on, got \(burstSize)")
        }
    }

    func requests(_ limits: SchedulerOptions) -> [TraceRequest] {
        var trace = SyntheticTrace()
        trace.arrivals = arrivals
        trace.lengths = lengths
        trace.requests = requests
        trace.rate = rate
        trace.burstSize = burstSize
        trace.promptMean = promptTokens
        trace.outputMean = outputTokens
        trace.maximumLength = limits.maxModelLen
        trace.sharedPrefix = sharedPrefixTokens
        trace.seed = seed
        return trace.make()
    }
}
