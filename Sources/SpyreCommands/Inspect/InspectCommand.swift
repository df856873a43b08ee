import ArgumentParser
import SpyreCheckpoint
import SpyreEngine
import SpyreExecutor
import SpyreGraph

struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Shows what a checkpoint holds.",
        discussion: """
            Prints the configuration, the tokenizer, bytes by element type and every tensor, without loading weights. \
            A checkpoint of an unknown model type is listed too, with the reason why it cannot run.

            EXAMPLES
              spyre inspect
              spyre inspect ./granite --no-tensors
              spyre inspect model.gguf --json
              spyre inspect --graph inductor   the model's graph after each pass
            """)

    @Argument(
        help: ArgumentHelp(
            "Model: a directory, a .gguf file or a known name; default: \(ModelStore.defaultModel).",
            valueName: "model"))
    var path: String?
    @Option(
        name: [.customLong("model"), .customShort("m")],
        help: ArgumentHelp("The same, as other commands take it.", valueName: "model"))
    var model: String?
    @Flag(inversion: .prefixedNo, help: "List the tensors.") var tensors = true
    @Option(help: "Print the model's graph instead: as recorded, and after each pass of this backend.")
    var graph: Backend?
    @OptionGroup(title: "Output options") var output: OutputOptions

    func chosenModel() throws(CommandFailure) -> String {
        guard path == nil || model == nil else { throw .usage("give the model once, with --model or without") }
        return path ?? model ?? ModelStore.defaultModel
    }

    func run() throws {
        let model = try chosenModel()
        try Log.start(quiet: output.quiet)
        let path = try ModelStore().resolve(model)
        if let graph { return try printGraph(of: path, for: graph) }
        let report = try InspectionReport(path: path)
        if output.json {
            try StandardOutput.shared.writeLine(JSONLine.text(InspectionRow(report, withTensors: tensors)))
        } else {
            try StandardOutput.shared.write(InspectionText(report, withTensors: tensors).text)
        }
    }

    private func printGraph(of path: String, for backend: Backend) throws {
        let checkpoint = try Checkpoint.open(path)
        for step in try ModelGraph.passes(of: checkpoint, options: ExecutorOptions(backend: backend)) {
            let line = output.json ? try JSONLine.text(GraphRow(step)) : "# \(step.pass)\n\(step.text)\n"
            try StandardOutput.shared.writeLine(line)
        }
    }
}
