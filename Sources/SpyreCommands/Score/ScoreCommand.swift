import ArgumentParser
import SpyreEngine
import SpyreExecutor

struct ScoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "score",
        abstract: "Tells how likely the model finds given tokens.",
        discussion: """
            The file has one JSON object per line, {"ids": [1, 2, …]}; other fields are ignored. Each line gives \
            {"nll": […], "mean_nll": x, "perplexity": y}: the negative natural log-probability of every id but the \
            first, given those before it.

            EXAMPLES
              spyre score --ids-file text.jsonl
              spyre score --ids-file text.jsonl --dtype float32 --json
              spyre tokenize --json < lines | spyre score --ids-file - --json
            """)

    @OptionGroup(title: "Model options") var model: ModelOptions
    @Option(help: ArgumentHelp("File of token ids; - is standard input.", valueName: "file")) var idsFile: String
    @OptionGroup(title: "Output options") var output: OutputOptions

    func run() throws {
        try model.check()
        try Log.start(quiet: output.quiet)
        let lines = try JSONLinesFile(path: idsFile, example: IDsRecord.expected, parse: IDsRecord.init(line:))
        let engine = try ModelLoader.engine(model, quiet: output.quiet)
        let reporter = ProgressReporter(quiet: output.quiet)
        for (number, entry) in lines.entries.enumerated() {
            if lines.entries.count > 1 {
                reporter.report(ProgressBar(title: "scoring", completed: number, total: lines.entries.count))
            }
            let row = try score(entry, of: lines, engine)
            // The bar and the result share a terminal.
            if StandardOutput.shared.isTerminal { reporter.finish() }
            let text = output.json ? try JSONLine.text(row) : "\(lines.name):\(entry.lineNumber): \(row.line)"
            try StandardOutput.shared.writeLine(text)
            try StandardOutput.shared.flush()
        }
        reporter.finish()
    }

    private func score(
        _ entry: JSONLinesFile<IDsRecord>.Entry, of file: JSONLinesFile<IDsRecord>, _ engine: LLM
    ) throws -> ScoreRow {
        do {
            return try ScoreRow(nll: engine.score(tokenIDs: entry.record.ids))
        } catch let error as ExecutorError {
            throw error
        } catch {
            throw CommandFailure.line(entry.lineNumber, of: file.name, FailureReport.text(of: error))
        }
    }
}
