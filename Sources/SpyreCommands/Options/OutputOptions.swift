import ArgumentParser

/// What goes to standard output and standard error.
struct OutputOptions: ParsableArguments {
    @Flag(help: "Print one JSON object per line on standard output and nothing else.")
    var json = false

    @Flag(name: [.customLong("quiet"), .customShort("q")], help: "No progress and no summaries on standard error.")
    var quiet = false
}
