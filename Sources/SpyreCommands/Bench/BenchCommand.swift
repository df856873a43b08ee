import ArgumentParser

struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measures speed on this computer.",
        discussion: """
            EXAMPLES
              spyre bench latency
              spyre bench latency --threads 2 --dtype bfloat16 --json
            """,
        subcommands: [LatencyCommand.self])
}
