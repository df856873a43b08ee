import SpyreScheduler

/// One line of `spyre simulate --case … --json`.
struct CaseRow: Encodable, Equatable {
    let name: String
    let steps: [SimulationRow]

    /// For people.
    var lines: [String] {
        let list = { (ids: [String]) in ids.isEmpty ? "-" : ids.joined(separator: ",") }
        let table = TextTable(
            header: ["step", "tkv", "used", "reserved", "waiting", "running", "outputs", "finished"],
            rows: steps.map {
                [
                    "\($0.step)", "\($0.tkv)", "\($0.usedBlocks)", "\($0.reservedBlocks)", list($0.waiting),
                    list($0.running), list($0.outputs), list($0.finished),
                ]
            }, rightAligned: [0, 1, 2, 3])
        return [OneLine.text(name)] + table.lines
    }
}
