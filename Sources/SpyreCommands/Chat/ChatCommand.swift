import ArgumentParser
import SpyreEngine

struct ChatCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chat",
        abstract: "Talks to the model.",
        discussion: """
            Answers appear as they are generated. Ctrl-C stops an answer, and pressed again at the prompt it leaves, \
            as do Ctrl-D and /exit. /reset forgets the conversation, /help tells the commands. When the context is full \
            the oldest questions are dropped. From a pipe every line is a question.

            Defaults: --temperature \(ChatCommand.defaultTemperature), --top-p \(ChatCommand.defaultTopP), \
            --max-tokens \(ChatCommand.defaultMaxTokens). With --json each answer is an object with role, content, \
            token_ids and finish_reason.

            EXAMPLES
              spyre chat
              spyre chat --system "You answer in one sentence." --temperature 0
              echo "What is a turtle?" | spyre chat --quiet
            """)

    static let defaultMaxTokens = 512
    static let defaultTemperature = 0.2
    static let defaultTopP = 0.9

    @OptionGroup(title: "Model options") var model: ModelOptions
    @Option(parsing: .unconditional, help: "System message, before the conversation.") var system: String?
    @OptionGroup(title: "Sampling options") var sampling: SamplingOptions
    @OptionGroup(title: "Output options") var output: OutputOptions

    /// What can be wrong with the command line by itself.
    func check() throws(CommandFailure) {
        try model.check()
        guard sampling.logprobs == nil, sampling.promptLogprobs == nil else {
            throw .usage("chat prints no log-probabilities; use spyre generate --chat --logprobs --json")
        }
    }

    func run() throws {
        try check()
        try Log.start(quiet: output.quiet)
        var defaults = SamplingParams()
        // As in `generate` the default comes last.
        defaults.maxTokens = nil
        defaults.temperature = Self.defaultTemperature
        defaults.topP = Self.defaultTopP
        var params = try sampling.params(defaults: defaults)
        let engine = try ModelLoader.engine(model, quiet: output.quiet)
        if params.maxTokens == nil {
            // A default, unlike what a user asks for, gives way to a small context and to a longer --min-tokens.
            params.maxTokens = min(max(Self.defaultMaxTokens, params.minTokens), engine.contextLength)
        }
        try params.validate(
            vocabularySize: engine.limits.vocabularySize, maximumModelLength: engine.contextLength,
            limits: engine.samplingLimits)
        // A model without a chat template is refused now and not after the first question.
        _ = try ChatPrompt(tokenizer: engine.tokenizer)
        let reader = try LineReader(path: "-")
        var session = ChatSession(engine: engine, params: params, history: ChatHistory(system: system), output: output)
        try Interruption.countInterrupts()
        try session.run(reader)
    }
}
