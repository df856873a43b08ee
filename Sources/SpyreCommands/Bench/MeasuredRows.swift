import SpyreBenchmark
import SpyreDevice

/// Rows of a benchmark as they are measured: how many there are to be is shown, and with `--json` each is printed at
/// once.
struct MeasuredRows<Row: Encodable> {
    private(set) var rows: [Row] = []
    /// Of the progress bar.
    let title: String
    let total: Int
    let output: OutputOptions
    let reporter: ProgressReporter
    /// Options that make the work smaller, for when it does not fit in memory.
    let smaller: String

    init(_ title: String, total: Int, _ output: OutputOptions, _ reporter: ProgressReporter, smaller: String) {
        self.title = title
        self.total = total
        self.output = output
        self.reporter = reporter
        self.smaller = smaller
    }

    mutating func add(_ name: String, measure: () throws -> Row) throws {
        reporter.report(ProgressBar(title: title, completed: rows.count, total: total))
        let row: Row
        do {
            row = try measure()
        } catch let error as BenchmarkError {
            throw CommandFailure(error)
        } catch let error as DeviceError where error.isOutOfMemory {
            throw CommandFailure("\(name) does not fit in memory: \(error); choose a smaller \(smaller)")
        }
        if output.json {
            try StandardOutput.shared.writeLine(JSONLine.text(row))
            try StandardOutput.shared.flush()
        }
        rows.append(row)
    }
}
