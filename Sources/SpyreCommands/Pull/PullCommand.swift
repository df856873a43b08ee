import ArgumentParser
import SpyreEngine

struct PullCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pull",
        abstract: "Fetches a known model into the cache, once.",
        discussion: """
            The download is checked against a hash that is part of this program. A model that is there already is not \
            fetched again. The cache is $SPYRE_CACHE, $XDG_CACHE_HOME/spyre or ~/.cache/spyre.

            MODELS
            \(PullCommand.modelLines)

            EXAMPLES
              spyre pull
              SPYRE_CACHE=/data/spyre spyre pull \(ModelStore.defaultModel)
            """)

    @Argument(help: ArgumentHelp("Name of the model.", valueName: "name")) var name = ModelStore.defaultModel
    @OptionGroup(title: "Output options") var output: OutputOptions

    func run() throws {
        try Log.start(quiet: output.quiet)
        let reporter = ProgressReporter(quiet: output.quiet)
        let path = try fetch(reporter)
        if output.json {
            try StandardOutput.shared.writeLine(JSONLine.text(PullRow(model: name, path: path)))
        } else {
            Notices.write("\(name) is in \(OneLine.text(path))", quiet: output.quiet)
        }
    }

    private func fetch(_ reporter: ProgressReporter) throws -> String {
        defer { reporter.finish() }
        return try ModelStore().pull(name) { reporter.report(ProgressBar($0)) }
    }

    private static var modelLines: String {
        ModelStore.knownModels.map { model in
            "\(model.name): \(model.summary), \(Decimals.bytes(model.byteCount)), \(model.license)"
        }.joined(separator: "\n")
    }
}
