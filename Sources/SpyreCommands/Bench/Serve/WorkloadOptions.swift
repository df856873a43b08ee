import ArgumentParser
import SpyreServeBenchmark

/// What is asked.
struct WorkloadOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Tokens of random prompts, a number or a range.", valueName: "n or n-m"))
    var randomInputLen = LengthRange(128...128)
    @Option(
        help: ArgumentHelp(
            "Tokens to ask for, a number or a range; of a file's lines those that do not say it.", valueName: "n or n-m"
        ))
    var randomOutputLen = LengthRange(128...128)
    @Option(
        help: ArgumentHelp(
            "Random token ids stay below it; default: they are in \(RandomRequests.defaultIDs).", valueName: "n"))
    var vocabSize: Int?
    @Option(help: ArgumentHelp("File of prompts instead; - is standard input.", valueName: "file"))
    var promptsFile: String?
    @Option(help: ArgumentHelp("Chooses arrivals, lengths and prompts.", valueName: "seed")) var seed: UInt64 = 0
    @Option(help: ArgumentHelp("Temperature; 0 takes the likeliest token.", valueName: "x")) var temperature = 0.0
    @Flag(help: "Ask for the whole length, past end-of-sequence tokens; not all servers know it.") var ignoreEos = false

    func check() throws(CommandFailure) {
        try ModelOptions.check("--vocab-size", vocabSize, upTo: 1 << 24)
        guard temperature.isFinite, temperature >= 0 else {
            throw .usage("--temperature must be a number of at least 0, got \(temperature)")
        }
    }

    /// Small ids are often special tokens.
    var ids: ClosedRange<Int> {
        guard let vocabSize else { return RandomRequests.defaultIDs }
        let least = RandomRequests.defaultIDs.lowerBound
        return (vocabSize > least ? least : 0)...vocabSize - 1
    }

    func randomRequests(endpoint: CompletionEndpoint) -> RandomRequests {
        RandomRequests(
            endpoint: endpoint, inputLengths: randomInputLen.range, outputLengths: randomOutputLen.range, ids: ids,
            seed: seed)
    }

    func file(endpoint: CompletionEndpoint) throws(CommandFailure) -> PromptsFile? {
        guard let promptsFile else { return nil }
        return try PromptsFile(path: promptsFile, endpoint: endpoint, outputLengths: randomOutputLen.range, seed: seed)
    }
}
