import SpyreScheduler

/// Simulates a trace under a policy and prints what came of it.
struct TraceRun {
    let requests: [TraceRequest]
    let stepTime: StepTimeModel
    let limits: SchedulerOptions
    let report: SimulationReportOptions
    let output: OutputOptions

    /// - Parameter requests: they are numbered in the order of arrival.
    init(
        requests: [TraceRequest], stepTime: StepTimeModel, limits: SchedulerOptions, report: SimulationReportOptions,
        output: OutputOptions
    ) {
        self.requests = TraceRequest.inOrder(requests)
        self.stepTime = stepTime
        self.limits = limits
        self.report = report
        self.output = output
    }

    private func tracePolicy() throws -> TracePolicy {
        switch limits.policy {
        case .static: .static(try limits.staticPolicy())
        case .spyre: .spyre(try limits.spyrePolicy())
        case .continuous: .continuous(try limits.continuousPolicy())
        }
    }

    func run(printingSteps: Bool) throws {
        let policy = try tracePolicy()
        var recorder = report.file == nil ? nil : try self.recorder()
        let start = ContinuousClock.now
        var observer: StepObserver?
        if printingSteps || recorder != nil {
            observer = { step, scheduled, holdsBlocks in
                if printingSteps { try print(step) }
                recorder?.record(step, scheduled, holdsBlocks)
            }
        }
        let result = try policy.run(requests, stepTime: stepTime, observer: observer)
        let row = TraceRow(
            policy: limits.policy.rawValue, stepTime: stepTime, result: result,
            wallSeconds: (ContinuousClock.now - start).seconds)
        if let refusal = result.firstRefusal, !output.quiet {
            StandardError.write(
                "spyre: \(result.refused) requests were refused; the first, number \(refusal.request): \(refusal.reason)\n"
            )
        }
        if output.json {
            try StandardOutput.shared.writeLine(JSONLine.text(row))
        } else {
            for line in row.lines { try StandardOutput.shared.writeLine(line) }
        }
        guard let recorder else { return }
        let page = TraceReport(row: row, timeline: recorder.timeline, settings: limits.settings)
        try report.file?.write(html: page.html)
    }

    private func recorder() throws(CommandFailure) -> BatchRecorder {
        let range = try report.range(of: requests.count)
        return BatchRecorder(
            range.map {
                BatchTimeline.Request(
                    name: "\($0)", promptTokens: requests[$0].promptLength, outputTokens: requests[$0].outputLength,
                    arrival: requests[$0].arrival)
            }, first: range.lowerBound, total: requests.count)
    }

    private func print(_ row: ObservedStep) throws {
        if output.json { return try StandardOutput.shared.writeLine(JSONLine.text(row)) }
        let text = { (value: Double) in Decimals.text(value, digits: 3) }
        try StandardOutput.shared.writeLine(
            "step \(row.step) at \(text(row.time)) s, \(text(row.seconds * 1000)) ms: \(row.work.prefillTokens) prefill tokens, "
                + "\(row.work.decodeSequences) decodes, \(row.running) running, \(row.waiting) waiting, "
                + "\(row.usedBlocks) blocks")
    }
}
