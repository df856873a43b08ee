import Foundation
import Testing

@testable import SpyreScheduler

/// The step tables of the vLLM plugin's own tests, and others that follow from the card's rules.
@Suite struct CaseTests {
    private struct Tables: Decodable {
        struct Table: Decodable {
            var name: String
            var steps: [SimulationRow]
        }
        var cases: [Table]
    }

    private static let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Fixtures/scheduler-cases.json")

    @Test func everyFieldOfEveryRowIsAsPublished() throws {
        let data = try Data(contentsOf: Self.file)
        let cases = try JSONDecoder().decode(SimulationFile.self, from: data).cases
        let tables = try JSONDecoder().decode(Tables.self, from: data).cases
        #expect(cases.count == 14)
        #expect(tables.reduce(0) { $0 + $1.steps.count } == 199)
        for (input, table) in zip(cases, tables) {
            let rows = try input.spyreRows()
            #expect(rows.count == table.steps.count, "\(table.name)")
            for (row, wanted) in zip(rows, table.steps) { #expect(row == wanted, "\(table.name), step \(wanted.step)") }
        }
    }
}
