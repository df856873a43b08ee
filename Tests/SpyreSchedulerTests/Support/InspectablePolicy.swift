@testable import SpyreScheduler

/// A policy whose requests the tests look into.
protocol InspectablePolicy: SchedulingPolicy {
    /// All requests, waiting ones too.
    var states: [SequenceState] { get }
    /// What is wrong with a step under this policy's limits; nil when nothing is.
    func fault(of step: ScheduledStep, after previous: ScheduledStep) -> String?
}

extension ContinuousPolicy: InspectablePolicy {
    var states: [SequenceState] { table.all }

    func fault(of step: ScheduledStep, after previous: ScheduledStep) -> String? {
        if step.tokenCount > limits.maximumStepTokens { return "\(step.tokenCount) tokens" }
        if runningCount > limits.maximumSequences { return "\(runningCount) running" }
        if let most = limits.maximumLogitRows, step.items.reduce(0, { $0 + $1.logitRows }) > most {
            return "logit rows"
        }
        for item in step.items {
            guard let state = states.first(where: { $0.id == item.request }), state.reportsPrompt else { continue }
            if item.start < state.promptLength, item.logitRows != item.count { return "rows that are not reported" }
            if state.beginning > 0 { return "a prompt that is reported and was not run" }
        }
        if let most = limits.longPrefillTokens, let item = step.items.first(where: { $0.count > most }) {
            return "\(item.count) tokens of one prompt"
        }
        return siblingFault()
    }

    /// Whether each sequence that waits for another's prompt is known to that one, and to nobody else.
    private func siblingFault() -> String? {
        let waiting = states.flatMap { state in state.siblings.map { ($0, state.id) } }
        if waiting.count != leaders.count { return "\(leaders.count) siblings wait for \(waiting.count)" }
        for (id, leader) in waiting where leaders[id] != leader || table.slot(of: id) != nil {
            return "request \(id) waits for the prompt of \(leader) and is not known to"
        }
        return nil
    }
}

extension SpyrePolicy: InspectablePolicy {
    var states: [SequenceState] { table.all.map(\.state) }

    func fault(of step: ScheduledStep, after previous: ScheduledStep) -> String? {
        if runningCount + pausedCount > limits.maximumSequences { return "\(runningCount) running" }
        if reservedBlocks != table.all.reduce(0, { $0 + $1.reservedBlocks }) { return "reserved" }
        if reservedBlocks > pool.freeCount || reservedBlocks < 0 { return "\(reservedBlocks) set aside" }
        let isPrefill = step.items.contains { !$0.slotBlocks.isEmpty }
        guard isPrefill else {
            let volume = step.items.count * step.tkv
            return volume > limits.batchTKVLimit ? "rows times tkv is \(volume)" : nil
        }
        if step.items.count != 1 { return "a prefill beside something else" }
        if step.items[0].count > limits.chunkTokens { return "a chunk of \(step.items[0].count)" }
        let isNewcomer = previous.items.first.map { $0.slotBlocks.isEmpty } ?? true
        let others = running.filter { $0 != step.items[0].request }.count
        if limits.interleaves, !isNewcomer, others > 0, previous.items[0].request != step.items[0].request {
            return "two prefills in a row"
        }
        return nil
    }
}

extension StaticPolicy: InspectablePolicy {
    var states: [SequenceState] { table.all }

    func fault(of step: ScheduledStep, after previous: ScheduledStep) -> String? {
        guard let batch = step.staticBatch else { return step.isEmpty ? nil : "no batch" }
        if batch.rows.count != batch.shape.batchSize { return "\(batch.rows.count) rows" }
        if Set(step.items.map { $0.start == 0 }).count > 1 { return "a prefill beside a decode" }
        for item in step.items where item.start + item.count > batch.shape.promptLength + batch.shape.newTokens {
            return "request \(item.request) is longer than its shape"
        }
        return nil
    }
}
