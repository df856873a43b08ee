import SpyreBenchmark
import SpyreScheduler

/// The page of a file of cases: a drawing and a step table of each.
struct CaseReport {
    struct Entry {
        let row: CaseRow
        let timeline: BatchTimeline
    }

    /// Rows of a step table.
    private static let mostRows = 1000

    let policy: String
    let entries: [Entry]

    var html: String {
        ReportDocument(
            title: "spyre simulate: \(policy)",
            subtitle: entries.count == 1 ? "1 case" : "\(entries.count) cases",
            sections: entries.map(section), style: BatchSection.style
        ).html
    }

    private func section(_ entry: Entry) -> String {
        let timeline = entry.timeline, shown = timeline.requests.count
        let drawn =
            shown == timeline.total
            ? "\(shown) request\(shown == 1 ? "" : "s")"
            : "Requests \(timeline.first + 1) to \(timeline.first + shown) of \(timeline.total) in the order of the file "
                + "(--report-from and --report-requests choose others)"
        return BatchSection(
            heading: entry.row.name,
            text: "\(drawn), over \(timeline.steps) steps. Step k reaches from k - 1 to k.",
            timeline: timeline, axis: .steps
        ).html(more: table(entry.row))
    }

    private func table(_ row: CaseRow) -> String {
        let rows = row.cells.prefix(Self.mostRows)
        let note = rows.count < row.cells.count ? ", the first \(rows.count) of \(row.cells.count) rows" : ""
        return "<details><summary>Step table\(note)</summary>"
            + ReportDocument.table(row.header, Array(rows), numbersFrom: row.header.count) + "</details>"
    }
}
