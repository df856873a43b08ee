import SpyreScheduler

/// Runs the cases of a file under a policy and prints their step tables.
struct CaseRun {
    let cases: [SimulationCase]
    let limits: SchedulerOptions
    let report: SimulationReportOptions
    let output: OutputOptions

    func run() throws {
        var entries: [CaseReport.Entry] = []
        for item in cases {
            var recorder = report.file == nil ? nil : try self.recorder(of: item)
            var observer: StepObserver?
            if recorder != nil {
                observer = { step, scheduled, holdsBlocks in recorder?.record(step, scheduled, holdsBlocks) }
            }
            let steps = try rows(of: item, observer: observer)
            let row = CaseRow(name: item.name, steps: steps)
            if output.json {
                try StandardOutput.shared.writeLine(JSONLine.text(row))
            } else {
                for line in row.lines { try StandardOutput.shared.writeLine(line) }
            }
            if let recorder { entries.append(CaseReport.Entry(row: row, timeline: recorder.timeline)) }
        }
        try report.file?.write(html: CaseReport(policy: limits.policy.rawValue, entries: entries).html)
    }

    private func rows(of item: SimulationCase, observer: StepObserver?) throws -> [SimulationRow] {
        switch limits.policy {
        case .spyre: try item.spyreRows(observer: observer)
        case .continuous: try item.continuousRows(observer: observer)
        case .static: try item.staticRows(shapes: limits.batching.shapes(), observer: observer)
        }
    }

    private func recorder(of item: SimulationCase) throws(CommandFailure) -> BatchRecorder {
        let range = try report.range(of: item.requests.count)
        return BatchRecorder(
            item.requests[range].map {
                BatchTimeline.Request(
                    name: $0.id, promptTokens: $0.promptLength, outputTokens: $0.maximumNewTokens,
                    arrival: Double($0.arrivalStep))
            }, first: range.lowerBound, total: item.requests.count)
    }
}
