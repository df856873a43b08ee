import Foundation
import Synchronization
import Testing

/// The worst error of every kernel variant, printed when the checks of the registry are done.
final class ErrorTable: Sendable {
    static let shared = ErrorTable()
    private let rows = Mutex<[String: [String: WorstError]]>([:])

    func add(_ trial: Trial) {
        trial.closePart()
        rows.withLock { rows in
            for (part, worst) in trial.parts {
                let name = part.isEmpty ? trial.kernel : "\(trial.kernel): \(part)"
                rows[name, default: [:]][trial.isa, default: WorstError()].merge(worst)
            }
        }
    }

    /// A Markdown table that lines up as plain text too.
    func markdown() -> String {
        var lines = [["kernel", "instructions", "of its bound", "bound, ulp", "worst, ulp", "elements", "worst in"]]
        rows.withLock { rows in
            for (kernel, variants) in rows.sorted(by: { $0.key < $1.key }) {
                for isa in Device.available {
                    guard let worst = variants[isa] else { continue }
                    let numbers =
                        worst.share == 0
                        ? ["exact", "0", "0"]
                        : [String(format: "%.3f", worst.share)] + [worst.bound, worst.ulps].map(Self.ulps)
                    lines.append([kernel, isa] + numbers + ["\(worst.elements)", worst.place])
                }
            }
        }
        let widths = (0..<7).map { column in lines.map { $0[column].count }.max() ?? 0 }
        func line(_ cells: [String]) -> String {
            "| "
                + zip(cells, widths).map { $0.padding(toLength: $1, withPad: " ", startingAt: 0) }
                .joined(separator: " | ") + " |"
        }
        let rule = "|" + widths.map { String(repeating: "-", count: $0 + 2) }.joined(separator: "|") + "|"
        return ([line(lines[0]), rule] + lines.dropFirst().map(line)).joined(separator: "\n") + "\n"
    }

    /// A hundredth tells little of a thousand. 0 is of elements for which the unit says nothing: see `Expected.size`.
    private static func ulps(_ value: Double) -> String {
        value == 0 ? "-" : String(format: value < 100 ? "%.2f" : value < 1e6 ? "%.0f" : "%.1e", value)
    }

    static let legend = """
        Worst error of every kernel variant. "of its bound": where it is the largest part of what its test allows, with
        that allowance in units of the last place of float32 (ulp) and the case beside it; "worst, ulp": the largest in
        those units anywhere; "exact": the same bits everywhere.
        """

    /// Prints the table, and writes it to the file that SPYRE_ERROR_TABLE names.
    func publish() throws {
        let table = markdown()
        print("\n" + Self.legend + "\n\n" + table)
        guard let path = ProcessInfo.processInfo.environment["SPYRE_ERROR_TABLE"] else { return }
        try (Self.legend + "\n\n" + table).write(toFile: path, atomically: true, encoding: .utf8)
    }
}

/// Publishes the error table once a suite is through.
struct PublishesErrors: SuiteTrait, TestScoping {
    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        try await function()
        try ErrorTable.shared.publish()
    }
}

extension Trait where Self == PublishesErrors {
    static var publishesErrors: Self { PublishesErrors() }
}
