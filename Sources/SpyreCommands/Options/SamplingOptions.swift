import ArgumentParser
import SpyreEngine

/// Every sampling field as an option, with vLLM's names in kebab case. What is not given keeps the command's default.
struct SamplingOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Most tokens to generate; default: \(GenerateCommand.defaultMaxTokens), "
                + "in chat \(ChatCommand.defaultMaxTokens).",
            valueName: "n"))
    var maxTokens: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Randomness, 0 to 2; 0 always takes the most likely token; default: \(SamplingParams().temperature), "
                + "in chat \(ChatCommand.defaultTemperature).",
            valueName: "t"))
    var temperature: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Keep the most likely tokens up to this sum; default: \(SamplingParams().topP), "
                + "in chat \(ChatCommand.defaultTopP).",
            valueName: "p"))
    var topP: Double?

    @Option(parsing: .unconditional, help: ArgumentHelp("Keep this many tokens; 0 or -1 keeps all.", valueName: "k"))
    var topK: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Keep tokens with this fraction of the best one's probability.", valueName: "p"))
    var minP: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Above 1: tokens of prompt and output become less likely.", valueName: "x"))
    var repetitionPenalty: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Taken from the logit of each token that the output has, -2 to 2.", valueName: "x"))
    var presencePenalty: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Taken from a token's logit for each time the output has it, -2 to 2.", valueName: "x"))
    var frequencyPenalty: Double?

    @Option(parsing: .unconditional, help: ArgumentHelp("Same seed, same tokens; -1: random.", valueName: "seed"))
    var seed: Int64?

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Stop where the text has this; may be repeated.", valueName: "text"))
    var stop: [String] = []

    @Option(
        help: ArgumentHelp("Stop at these token ids.", valueName: "1,2,…"), transform: TokenIDList.init(argument:))
    var stopTokenIds: TokenIDList?

    @Flag(help: "Keep the stop string at the end of the text.")
    var includeStopStrInOutput = false

    @Flag(name: .customLong("ignore-eos"), help: "Go on after an end-of-sequence token.")
    var ignoreEOS = false

    @Option(help: ArgumentHelp("No end before this many tokens.", valueName: "n"))
    var minTokens: Int?

    @Option(parsing: .unconditional, help: ArgumentHelp("Report this many tokens of each step.", valueName: "k"))
    var logprobs: Int?

    @Option(parsing: .unconditional, help: ArgumentHelp("The same for each token of the prompt.", valueName: "k"))
    var promptLogprobs: Int?

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Added to the logit of a token; may be repeated.", valueName: "id=bias"),
        transform: TokenBias.init(argument:))
    var logitBias: [TokenBias] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("A text that is never completed; may be repeated.", valueName: "text"))
    var badWords: [String] = []

    @Option(help: ArgumentHelp("Only these token ids.", valueName: "1,2,…"), transform: TokenIDList.init(argument:))
    var allowedTokenIds: TokenIDList?

    @Flag(inversion: .prefixedNo, help: "Leave special tokens out of the text.")
    var skipSpecialTokens = true

    /// `defaults` with what was given.
    ///
    /// - Throws: a usage failure for what no model allows; vocabulary and context are checked when they are known.
    func params(defaults: SamplingParams) throws(CommandFailure) -> SamplingParams {
        let params = try unchecked(defaults)
        do {
            try params.validate(vocabularySize: nil, maximumModelLength: nil, limits: .offline())
        } catch {
            throw .usage(Self.text(of: error))
        }
        return params
    }

    /// The error with the option's name for the field's: `--top-p must be …`.
    static func text(of error: SamplingParamsError) -> String {
        let text = error.description
        guard let field = error.field, text.hasPrefix(field) else { return text }
        let name = field.prefix { $0 != "[" }
        return "--" + name.map { $0 == "_" ? "-" : String($0) }.joined() + text.dropFirst(name.count)
    }

    private func unchecked(_ defaults: SamplingParams) throws(CommandFailure) -> SamplingParams {
        var params = defaults
        params.maxTokens = maxTokens ?? params.maxTokens
        params.temperature = temperature ?? params.temperature
        params.topP = topP ?? params.topP
        params.topK = topK ?? params.topK
        params.minP = minP ?? params.minP
        params.repetitionPenalty = repetitionPenalty ?? params.repetitionPenalty
        params.presencePenalty = presencePenalty ?? params.presencePenalty
        params.frequencyPenalty = frequencyPenalty ?? params.frequencyPenalty
        params.seed = seed ?? params.seed
        params.minTokens = minTokens ?? params.minTokens
        params.logprobs = logprobs ?? params.logprobs
        params.promptLogprobs = promptLogprobs ?? params.promptLogprobs
        params.includeStopStringInOutput = includeStopStrInOutput
        params.ignoreEOS = ignoreEOS
        params.skipSpecialTokens = skipSpecialTokens
        if !stop.isEmpty { params.stop = stop }
        if !badWords.isEmpty { params.badWords = badWords }
        if let stopTokenIds { params.stopTokenIDs = stopTokenIds.ids }
        if let allowedTokenIds { params.allowedTokenIDs = allowedTokenIds.ids }
        for entry in logitBias where params.logitBias.updateValue(entry.bias, forKey: entry.id) != nil {
            throw CommandFailure.usage("--logit-bias names the token id \(entry.id) twice")
        }
        return params
    }
}
