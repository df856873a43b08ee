/// A table of text in columns, for people.
struct TextTable {
    let header: [String]
    let rows: [[String]]
    /// Columns whose values stand on the right.
    var rightAligned: Set<Int> = []

    var lines: [String] {
        let all = [header] + rows
        let widths = header.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        return all.map { row in
            var line = ""
            for (column, value) in row.enumerated() {
                if column > 0 { line += "  " }
                let isLast = column + 1 == row.count
                if rightAligned.contains(column) {
                    line += value.padding(leadingTo: widths[column])
                } else {
                    line += isLast ? value : value.padding(to: widths[column])
                }
            }
            return line
        }
    }
}
