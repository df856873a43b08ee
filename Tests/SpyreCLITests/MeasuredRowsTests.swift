import SpyreBenchmark
import SpyreDevice
import Testing

@testable import SpyreCommands

@Suite struct MeasuredRowsTests {
    private func rows(_ reporter: ProgressReporter) throws -> MeasuredRows<Int> {
        MeasuredRows(
            "measuring", total: 2, try OutputOptions.parse([]), reporter, smaller: "--shape")
    }

    @Test func rowsComeInTurnBehindTheirProgress() throws {
        var shown = ""
        var rows = try rows(ProgressReporter(style: .bar(columns: 60), write: { shown += $0 }))
        try rows.add("a") { 3 }
        #expect(shown.contains("0/2"))
        try rows.add("b") { 1 }
        #expect(rows.rows == [3, 1])
    }

    @Test func aFailureSaysWhatToDo() throws {
        var rows = try rows(ProgressReporter(style: .silent))
        #expect(throws: CommandFailure("wrong", kind: .failure)) {
            try rows.add("a") { throw BenchmarkError(.wrongResult, "wrong") }
        }
        #expect(throws: CommandFailure("unknown", kind: .usage)) {
            try rows.add("a") { throw BenchmarkError(.request, "unknown") }
        }
        let full = DeviceError(status: 201, message: "full")
        #expect(throws: CommandFailure("a does not fit in memory: \(full); choose a smaller --shape")) {
            try rows.add("a") { throw full }
        }
        let lost = DeviceError(status: 500, message: "lost")
        #expect(throws: DeviceError.self) { try rows.add("a") { throw lost } }
        #expect(rows.rows.isEmpty)
    }
}
