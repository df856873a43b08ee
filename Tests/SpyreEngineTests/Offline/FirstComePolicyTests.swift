import SpyreExecutor
import Testing

@testable import SpyreEngine

@Suite struct FirstComePolicyTests {
    private typealias Item = StepPlan.Item

    private func generating(_ known: Int) -> PlannedSequence {
        PlannedSequence(computedTokens: known - 1, knownTokens: known, wantsAllLogits: false)
    }

    private func reading(_ known: Int, computed: Int = 0, all: Bool = false) -> PlannedSequence {
        PlannedSequence(computedTokens: computed, knownTokens: known, wantsAllLogits: all)
    }

    private func plan(_ limits: ExecutorLimits, _ sequences: PlannedSequence...) -> [Item] {
        FirstComePolicy(limits: limits).plan(sequences).items
    }

    @Test func generationGoesFirst() {
        #expect(
            plan(TestEngine.limits(rows: 6), reading(9), generating(5), generating(70))
                == [
                    Item(sequence: 1, start: 4, count: 1, logitRows: 1),
                    Item(sequence: 2, start: 69, count: 1, logitRows: 1),
                    Item(sequence: 0, start: 0, count: 4, logitRows: 0),
                ])
    }

    @Test func promptsShareTheRestOfTheStepInOrder() {
        #expect(
            plan(TestEngine.limits(rows: 10), reading(6, computed: 2), reading(20), reading(3))
                == [
                    Item(sequence: 0, start: 2, count: 4, logitRows: 1),
                    Item(sequence: 1, start: 0, count: 6, logitRows: 0),
                ])
    }

    @Test func theStepHoldsSoManySequences() {
        #expect(plan(TestEngine.limits(sequences: 2), reading(3), reading(3), reading(3)).map(\.sequence) == [0, 1])
    }

    /// Without a row of logits left a prompt is read up to its last token.
    @Test func promptsStopBeforeLogitsThatHaveNoRoom() {
        #expect(
            plan(TestEngine.limits(logitRows: 1), generating(5), reading(4))
                == [
                    Item(sequence: 0, start: 4, count: 1, logitRows: 1),
                    Item(sequence: 1, start: 0, count: 3, logitRows: 0),
                ])
        #expect(plan(TestEngine.limits(logitRows: 1), generating(5), generating(5)).map(\.sequence) == [0])
    }

    @Test func allLogitsBoundAChunk() {
        #expect(
            plan(TestEngine.limits(logitRows: 5), reading(9, all: true), reading(9))
                == [
                    Item(sequence: 0, start: 0, count: 5, logitRows: 5),
                    Item(sequence: 1, start: 0, count: 8, logitRows: 0),
                ])
    }

    @Test func nothingToRun() {
        #expect(plan(TestEngine.limits()).isEmpty)
        #expect(plan(TestEngine.limits(rows: 0), reading(3)).isEmpty)
    }

    /// Whatever is running, a step stays within the limits and takes something, and the oldest sequence is in it.
    @Test func stepsStayWithinTheLimits() {
        var generator = TestGenerator(5)
        for _ in 0..<2000 {
            let limits = TestEngine.limits(
                rows: .random(in: 1...20, using: &generator), sequences: .random(in: 1...6, using: &generator),
                logitRows: .random(in: 1...8, using: &generator))
            let sequences = (0..<Int.random(in: 1...8, using: &generator)).map { _ in
                let known = Int.random(in: 1...40, using: &generator)
                let computed = Bool.random(using: &generator) ? known - 1 : .random(in: 0..<known, using: &generator)
                return reading(known, computed: computed, all: Bool.random(using: &generator))
            }
            let plan = FirstComePolicy(limits: limits).plan(sequences)
            #expect(plan.rowCount > 0 && plan.rowCount <= limits.maximumRows)
            #expect(plan.items.count <= limits.maximumSequences)
            #expect(plan.logitRowCount <= limits.maximumLogitRows)
            #expect(Set(plan.items.map(\.sequence)).count == plan.items.count)
            for item in plan.items {
                let sequence = sequences[item.sequence]
                #expect(item.start == sequence.computedTokens && item.count > 0)
                #expect(item.count <= sequence.remainingTokens)
                let isLast = item.count == sequence.remainingTokens
                #expect(item.logitRows == (sequence.wantsAllLogits ? item.count : isLast ? 1 : 0))
            }
        }
    }
}
