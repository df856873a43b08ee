import SpyreScheduler

/// One line of `spyre simulate --case … --json`.
struct CaseRow: Encodable, Equatable {
    let name: String
    let steps: [SimulationRow]

    private var hasShapes: Bool { steps.contains { $0.shape != nil } }

    /// Of a table for people: numbers in the first four columns.
    var header: [String] {
        ["step", "tkv", "used", "reserved", "waiting", "running", "outputs", "finished"] + (hasShapes ? ["shape"] : [])
    }

    var cells: [[String]] {
        let list = { (ids: [String]) in ids.isEmpty ? "-" : ids.joined(separator: ",") }
        let hasShapes = hasShapes
        return steps.map {
            [
                "\($0.step)", "\($0.tkv)", "\($0.usedBlocks)", "\($0.reservedBlocks)", list($0.waiting),
                list($0.running), list($0.outputs), list($0.finished),
            ] + (hasShapes ? [$0.shape ?? "-"] : [])
        }
    }

    /// For people.
    var lines: [String] {
        [OneLine.text(name)] + TextTable(header: header, rows: cells, rightAligned: [0, 1, 2, 3]).lines
    }
}
