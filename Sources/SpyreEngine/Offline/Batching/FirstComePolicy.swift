import SpyreExecutor

/// First come, first served: a step takes the next token of every sequence that generates, then fills the rows that are
/// left with the prompts of the others, in order, in chunks.
struct FirstComePolicy: Sendable {
    let limits: ExecutorLimits

    /// - Parameter sequences: all running sequences, oldest first.
    /// - Returns: an empty plan only when there is no sequence or the limits do not allow one row.
    func plan(_ sequences: [PlannedSequence]) -> StepPlan {
        var step = Step(plan: StepPlan(), room: limits)
        for (index, sequence) in sequences.enumerated() where sequence.remainingTokens == 1 {
            step.take(index, sequence)
        }
        for (index, sequence) in sequences.enumerated() where sequence.remainingTokens > 1 {
            step.take(index, sequence)
        }
        return step.plan
    }

    /// A plan and the room that is left in it.
    private struct Step {
        var plan: StepPlan
        var room: ExecutorLimits

        mutating func take(_ index: Int, _ sequence: PlannedSequence) {
            guard room.maximumSequences > 0 else { return }
            var count = min(sequence.remainingTokens, room.maximumRows)
            if sequence.wantsAllLogits { count = min(count, room.maximumLogitRows) }
            // The last known token needs its logits: without room for them the sequence stops one short.
            if room.maximumLogitRows < 1 { count = min(count, sequence.remainingTokens - 1) }
            guard count > 0 else { return }
            let reachesEnd = count == sequence.remainingTokens
            let logitRows = sequence.wantsAllLogits ? count : reachesEnd ? 1 : 0
            plan.items.append(
                StepPlan.Item(
                    sequence: index, start: sequence.computedTokens, count: count, logitRows: logitRows))
            room.maximumSequences -= 1
            room.maximumRows -= count
            room.maximumLogitRows -= logitRows
        }
    }
}
