import ArgumentParser

struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measures speed on this computer, and of servers.",
        discussion: """
            EXAMPLES
              spyre bench roofline                     what this processor can do at most
              spyre bench kernels --quick              a few kernels, beside those limits
              spyre bench kernels --report page.html   all of them, as a page with plots
              spyre bench paged-attention --quick      paged KV caches of many kinds
              spyre bench latency --threads 2 --dtype bfloat16 --json
              spyre bench serve --max-concurrency 32   a server of this or another kind
            """,
        subcommands: [
            RooflineCommand.self, KernelsCommand.self, PagedAttentionCommand.self, LatencyCommand.self,
            ThroughputCommand.self, ServeBenchmarkCommand.self,
        ])
}
