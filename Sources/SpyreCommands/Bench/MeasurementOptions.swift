import ArgumentParser
import SpyreBenchmark

/// How the commands that measure kernels and limits do it.
struct MeasurementOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Samples of each figure; default: \(MeasurementPlan.standard.repeats), with --quick "
                + "\(MeasurementPlan.quick.repeats).", valueName: "n"))
    var `repeat`: Int?

    @Flag(help: "Few, short samples, and of kernels few shapes: seconds instead of minutes.")
    var quick = false

    @Option(
        help: ArgumentHelp("Also write one self-contained page with plots and tables.", valueName: "file.html"))
    var report: String?

    var plan: MeasurementPlan {
        var plan = quick ? MeasurementPlan.quick : .standard
        if let repeats = `repeat` { plan.repeats = repeats }
        return plan
    }

    var reportFile: ReportFile? { report.map { ReportFile(path: $0) } }

    func check() throws(CommandFailure) {
        try ModelOptions.check("--repeat", `repeat`, upTo: 10_000)
        if let report, report.isEmpty { throw .usage("--report must name a file") }
        try reportFile?.check()
    }
}
