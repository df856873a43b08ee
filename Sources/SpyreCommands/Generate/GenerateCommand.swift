import ArgumentParser
import SpyreEngine

struct GenerateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate",
        abstract: "Continues one prompt or many.",
        discussion: """
            One prompt is printed while it is generated, of several each one when it and those before it are done. Sampling options have vLLM's \
            names, meaning and defaults, but for --max-tokens, which is \(GenerateCommand.defaultMaxTokens) here, \
            and under --policy static what the fitting shapes allow.

            A prompts file has one JSON object per line: {"prompt": "…"} or {"prompt_ids": [1, 2]}, and any sampling \
            field by its JSON name, which wins over the option: {"prompt": "Hi", "temperature": 0, "max_tokens": 8}.

            With --json there is one row for each completion, in the order of the prompts: prompt_ids, token_ids, \
            text, finish_reason, logprobs; and index when --n is more than 1.

            EXAMPLES
              spyre generate --prompt "The sea is" --temperature 0
              spyre generate --chat --prompt "Why is the sky blue?" --temperature 0.2
              spyre generate --prompt-ids 504,2591,314 --max-tokens 8 --logprobs 3 --json
              spyre generate --prompts-file prompts.jsonl --json > rows.jsonl
              spyre generate --prompts-file prompts.jsonl --policy static --json
              spyre generate --model ./granite --prompt "def add(a, b):" --stop "return"
            """)

    static let defaultMaxTokens = 128

    @OptionGroup(title: "Model options") var model: ModelOptions
    @Option(
        name: .customLong("prompt"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp("The text to continue; may be repeated.", valueName: "text"))
    var prompts: [String] = []
    @Option(
        help: ArgumentHelp("The same as token ids; may be repeated.", valueName: "1,2,…"),
        transform: TokenIDList.init(argument:))
    var promptIds: [TokenIDList] = []
    @Option(help: ArgumentHelp("File of prompts; - is standard input.", valueName: "file")) var promptsFile: String?
    @Flag(help: "Ask the prompt as a question, through the model's chat template.") var chat = false
    @Option(parsing: .unconditional, help: "System message; with --chat.") var system: String?
    @Option(help: ArgumentHelp("Completions of each prompt; default: 1.", valueName: "n")) var n: Int?
    @OptionGroup(title: "Scheduling options") var scheduling: PolicyOptions
    @OptionGroup(title: "Sampling options") var sampling: SamplingOptions
    @OptionGroup(title: "Output options") var output: OutputOptions

    func check() throws(CommandFailure) {
        try model.check()
        try scheduling.check(sequences: model.maxNumSeqs)
        let given = [!prompts.isEmpty, !promptIds.isEmpty, promptsFile != nil].filter { $0 }.count
        guard given == 1 else { throw .usage("give one of --prompt, --prompt-ids and --prompts-file") }
        guard system == nil || chat else { throw .usage("--system needs --chat") }
        guard !chat || promptIds.isEmpty else { throw .usage("--chat needs text, not --prompt-ids") }
        guard output.json || sampling.logprobs == nil else { throw .usage("--logprobs needs --json") }
        guard output.json || sampling.promptLogprobs == nil else { throw .usage("--prompt-logprobs needs --json") }
    }

    func run() throws {
        try check()
        try Log.start(quiet: output.quiet)
        // What is wrong whatever the model is, is found before the model is loaded.
        var requests = try readRequests()
        let configuration = try scheduling.configuration()
        var options = model.executorOptions
        scheduling.apply(to: &options)
        let engine = try ModelLoader.engine(model, options, scheduling: configuration, quiet: output.quiet)
        if scheduling.policy == .static {
            requests.leaveLengthsToShapes()
        } else {
            requests.applyDefault(maxTokens: Self.defaultMaxTokens, contextLength: engine.contextLength)
        }
        if chat { try requests.applyChatTemplate(ChatPromptOptions(system: system), engine) }
        let run = GenerationRun(
            engine: engine, requests: requests, output: output,
            lengthOption: scheduling.policy == .static ? "--warmup-shapes" : "--max-tokens")
        do {
            try run.perform()
        } catch let error as EngineError where error.concernsPrompt {
            throw requests.located(error, error.promptIndex)
        }
    }

    func readRequests() throws -> GenerationRequests {
        let params = try defaultParams()
        if !prompts.isEmpty {
            return GenerationRequests(prompts.map { .text($0) }, option: "--prompt", params: params)
        }
        if !promptIds.isEmpty {
            return GenerationRequests(promptIds.map { .tokens($0.ids) }, option: "--prompt-ids", params: params)
        }
        let file = try JSONLinesFile(path: promptsFile ?? "-", example: PromptRecord.expected) {
            line throws(CommandFailure) in try PromptRecord(line: line, defaults: params)
        }
        return GenerationRequests(file)
    }

    private func defaultParams() throws -> SamplingParams {
        var defaults = SamplingParams()
        // The default comes last, where neither an option nor a line of the file has chosen.
        defaults.maxTokens = nil
        defaults.n = n ?? defaults.n
        return try sampling.params(defaults: defaults)
    }
}
