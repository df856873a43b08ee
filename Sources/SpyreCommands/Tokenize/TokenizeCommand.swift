import ArgumentParser
import SpyreEngine
import SpyreTokenizer

struct TokenizeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tokenize",
        abstract: "Turns text into token ids, or back.",
        discussion: """
            Reads standard input line by line. Each line is a JSON string, "Hello", and gives {"ids": […]}. With \
            --chat it is {"messages": [{"role": "user", "content": "Hi"}]}, and tools if there are any, and the answer also \
            has the text that the chat template made. With --decode it is {"ids": […]} and gives {"text": "…"}.

            EXAMPLES
              spyre tokenize --text "Hello there"
              echo '"Hello there"' | spyre tokenize --json
              spyre tokenize --chat --json < conversations.jsonl
              echo '{"ids": [19556, 665]}' | spyre tokenize --decode
            """)

    @Option(
        name: [.customLong("model"), .customShort("m")],
        help: ArgumentHelp("Model: a directory, a .gguf file or a known name.", valueName: "model"))
    var model = ModelStore.defaultModel
    @Option(parsing: .unconditional, help: "The text, instead of lines of standard input.") var text: String?
    @Flag(help: "Lines are conversations.") var chat = false
    @Flag(help: "Lines are token ids.") var decode = false
    @Flag(inversion: .prefixedNo, help: "Add what the tokenizer puts around every text, such as a first token.")
    var addSpecialTokens = true
    @Flag(inversion: .prefixedNo, help: "With --chat: end with what opens the model's answer.")
    var addGenerationPrompt = true
    @Flag(help: "With --decode: leave special tokens out.") var skipSpecialTokens = false
    @OptionGroup(title: "Output options") var output: OutputOptions

    func check() throws(CommandFailure) {
        guard !(chat && decode) else { throw .usage("--chat and --decode exclude each other") }
        guard text == nil || !(chat || decode) else {
            throw .usage("--text is for plain text; give conversations and ids on standard input")
        }
    }

    func run() throws {
        try check()
        try Log.start(quiet: output.quiet)
        let tokenizer = try TokenizerLoader.load(path: ModelStore().resolve(model))
        let lines = try TokenizerLines(
            tokenizer: tokenizer, mode: mode, addSpecialTokens: addSpecialTokens,
            addGenerationPrompt: addGenerationPrompt, skipSpecialTokens: skipSpecialTokens)
        if let text { return try write(TokenizerRow(ids: lines.encode(text))) }
        let reader = try LineReader(path: "-")
        while let line = try reader.next() {
            do {
                try write(lines.row(line))
            } catch let error as BrokenPipe {
                throw error
            } catch {
                throw CommandFailure.line(reader.lineNumber, of: reader.name, FailureReport.text(of: error))
            }
        }
    }

    private var mode: TokenizerLines.Mode { chat ? .chat : decode ? .decode : .encode }

    private func write(_ row: TokenizerRow) throws {
        try StandardOutput.shared.writeLine(output.json ? JSONLine.text(row) : row.line)
    }
}
