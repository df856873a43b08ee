import ArgumentParser
import SpyreServeBenchmark

extension ServiceLevel: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}

/// What is made of the times.
struct FigureOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Count the requests that keep these limits in milliseconds: ttft, tpot and e2el.",
            valueName: "ttft:200,tpot:50,e2el:5000"))
    var goodput: ServiceLevel?
    @Option(help: ArgumentHelp("Percentiles of each time.", valueName: "list")) var percentiles = PercentileList([
        50, 90, 99,
    ])
    @Flag(help: "With --json: also the times and lengths of every request.") var detailed = false
    @Option(
        name: .customLong("report"),
        help: ArgumentHelp("Also write one self-contained page with plots and tables.", valueName: "file.html"))
    var reportPath: String?

    /// Those of a table, which has the median anyway.
    var shownPercentiles: [Double] { percentiles.values.filter { $0 != 50 } }

    var report: ReportFile? { reportPath.map { ReportFile(path: $0) } }

    func check() throws(CommandFailure) {
        if let reportPath, reportPath.isEmpty { throw .usage("--report must name a file") }
        try report?.check()
    }
}
