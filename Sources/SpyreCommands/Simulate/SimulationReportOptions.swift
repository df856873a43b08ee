import ArgumentParser

/// The page that draws a simulation.
struct SimulationReportOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Also write one self-contained page that draws the batch over time.", valueName: "file.html"))
    var report: String?
    @Option(help: ArgumentHelp("Requests that the page draws.", valueName: "n")) var reportRequests = 100
    @Option(
        help: ArgumentHelp("Number of the first of them in the order of arrival; the first is 0.", valueName: "n"))
    var reportFrom = 0

    var file: ReportFile? { report.map { ReportFile(path: $0) } }

    func check() throws(CommandFailure) {
        try ModelOptions.check("--report-requests", reportRequests, upTo: 5000)
        try ModelOptions.check("--report-from", reportFrom, from: 0, upTo: 10_000_000)
        if let report, report.isEmpty { throw .usage("--report must name a file") }
        try file?.check()
    }

    /// Which of so many requests are drawn.
    func range(of count: Int) throws(CommandFailure) -> Range<Int> {
        guard reportFrom < max(1, count) else {
            throw .usage("--report-from is \(reportFrom), and there are \(count) requests; choose a smaller number")
        }
        return reportFrom..<min(count, reportFrom + reportRequests)
    }
}
