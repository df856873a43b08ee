import SpyreEngine
import SpyreExecutor
import Testing

@testable import SpyreCommands

@Suite struct ProgressTests {
    @Test func barsFillTheRoomThereIs() {
        let bar = ProgressBar(title: "packing weights", completed: 15, total: 30)
        #expect(bar.line(columns: 60) == "packing weights      █████████████░░░░░░░░░░░░░  50% 15/30")
        #expect(bar.line(columns: 40) == "packing weights      ███░░░  50% 15/30")
        #expect(bar.line(columns: 20) == "packing weights     ")
        let bytes = ProgressBar(title: "downloading", completed: 45_200_000, total: 98_362_432, unit: .bytes)
        #expect(bytes.line(columns: 70) == "downloading          █████████████░░░░░░░░░░░░░░░░  45% 45.2/98.4 MB")
    }

    @Test(arguments: 0...100) func barsNeverExceedTheTerminal(_ columns: Int) {
        for completed in [-5, 0, 1, 7, 400] {
            let bar = ProgressBar(title: "a title that is longer than its column", completed: completed, total: 7)
            #expect(bar.line(columns: columns).count <= columns)
        }
    }

    @Test func fractions() {
        #expect(ProgressBar(title: "", completed: 0, total: 0).fraction == 1)
        #expect(ProgressBar(title: "", completed: -1, total: 2).fraction == 0)
        #expect(ProgressBar(title: "", completed: 9, total: 2).fraction == 1)
    }

    private func report(_ style: ProgressReporter.Style, _ steps: [(ProgressBar, Duration)]) -> String {
        var text = ""
        var time = ContinuousClock.now
        let reporter = ProgressReporter(style: style, write: { text += $0 }, now: { time })
        for (bar, wait) in steps {
            time += wait
            reporter.report(bar)
        }
        reporter.finish()
        return text
    }

    @Test func withoutATerminalOneLineAStage() {
        let steps = [("packing weights", 1), ("packing weights", 2), ("compiling programs", 1)].map {
            (ProgressBar(title: $0.0, completed: $0.1, total: 2), Duration.seconds(1))
        }
        #expect(report(.lines, steps) == "spyre: packing weights\nspyre: compiling programs\n")
        #expect(report(.silent, steps) == "")
    }

    @Test func noticesAreForPeopleAndForWhoAsks() {
        func areShown(_ level: String?, quiet: Bool = false, isTerminal: Bool = false) -> Bool {
            Notices.areShown(
                quiet: quiet, isTerminal: isTerminal, environment: level.map { ["SPYRE_LOG_LEVEL": $0] } ?? [:])
        }
        #expect(!areShown(nil))
        #expect(areShown(nil, isTerminal: true))
        #expect(areShown("warning", isTerminal: true))
        #expect(["info", "debug", "trace"].allSatisfy { areShown($0) })
        #expect(["notice", "warning", "error", "", "nonsense"].allSatisfy { !areShown($0) })
        #expect(!areShown("debug", quiet: true, isTerminal: true))
    }

    @Test func resultsComeInOrder() {
        var results = InOrder<String>()
        #expect(results.add("c", number: 2) == [])
        #expect(results.add("a", number: 0) == ["a"])
        #expect(results.add("d", number: 3) == [])
        #expect(results.add("b", number: 1) == ["b", "c", "d"])
        #expect(results.add("e", number: 4) == ["e"])
    }

    @Test func onATerminalBarsAreDrawnOverAndTakenAway() {
        let bars = (0...3).map { ProgressBar(title: "t", completed: $0, total: 3) }
        // The second step comes too soon after the first; the last one is drawn however soon it comes.
        let steps = [
            (bars[0], Duration.zero), (bars[1], .milliseconds(50)), (bars[2], .milliseconds(60)), (bars[3], .zero),
        ]
        let drawn = [0, 2, 3].map { "\r\u{1B}[K" + bars[$0].line(columns: 50) }.joined()
        #expect(report(.bar(columns: 50), steps) == drawn + "\r\u{1B}[K")
    }

    @Test func stagesOfTheModules() {
        let packing = ProgressBar(WarmUpProgress(stage: .packing, completed: 1, total: 2))
        #expect(packing == ProgressBar(title: "packing weights", completed: 1, total: 2))
    }

    @Test func numbersForPeople() {
        #expect(Decimals.bytes(0) == "0 B")
        #expect(Decimals.bytes(999) == "999 B")
        #expect(Decimals.bytes(98_362_432) == "98.4 MB")
        #expect(Decimals.bytes(Int.max) == "9223372.0 TB")
        #expect(Decimals.text(1.0 / 3, digits: 2) == "0.33")
    }

    @Test func tables() {
        let table = TextTable(header: ["a", "n"], rows: [["long", "1"], ["b", "22"]], rightAligned: [1])
        #expect(table.lines == ["a      n", "long   1", "b     22"])
    }
}
