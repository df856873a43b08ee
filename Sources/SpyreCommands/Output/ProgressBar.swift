/// The text of a progress bar: a value, drawn by `ProgressReporter`.
struct ProgressBar: Equatable {
    var title: String
    var completed: Int
    var total: Int
    /// Prints counts as MB, for bytes.
    var unit: Unit = .count

    enum Unit: Equatable {
        case count, bytes
    }

    private static let titleWidth = 20
    private static let greatestBar = 40

    /// 0 ... 1; an empty total counts as done.
    var fraction: Double {
        guard total > 0 else { return 1 }
        return min(1, max(0, Double(completed) / Double(total)))
    }

    /// One line of at most `columns` characters, without a line break.
    func line(columns: Int) -> String {
        let percent = String(Int(fraction * 100))
        let head = title.padding(to: Self.titleWidth)
        let tail = " " + percent.padding(leadingTo: 3) + "% " + amount
        let room = min(Self.greatestBar, columns - head.count - tail.count - 3)
        guard room >= 4 else { return String((head + tail).prefix(max(0, columns))) }
        let filled = Int((fraction * Double(room)).rounded(.down))
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: room - filled)
        return head + " " + bar + tail
    }

    /// How far it is in words: `12/30` or `45.2/98.4 MB`.
    private var amount: String {
        switch unit {
        case .count: "\(completed)/\(total)"
        case .bytes: "\(Self.megabytes(completed))/\(Self.megabytes(total)) MB"
        }
    }

    private static func megabytes(_ bytes: Int) -> String { Decimals.text(Double(bytes) / 1e6, digits: 1) }
}
