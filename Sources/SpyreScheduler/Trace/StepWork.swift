/// What a step costs time for, with the padding that fixed shapes run.
package struct StepWork: Sendable, Equatable, Codable {
    /// Token rows of prompts.
    package var prefillTokens = 0
    /// Rows of one token each.
    package var decodeSequences = 0
    /// Cached tokens that are attended to, added up over sequences.
    package var contextTokens = 0

    private enum CodingKeys: String, CodingKey {
        case prefillTokens = "prefill_tokens"
        case decodeSequences = "decode_sequences"
        case contextTokens = "context_tokens"
    }

    package init(prefillTokens: Int = 0, decodeSequences: Int = 0, contextTokens: Int = 0) {
        self.prefillTokens = prefillTokens
        self.decodeSequences = decodeSequences
        self.contextTokens = contextTokens
    }

    package init(_ step: ScheduledStep, blockTokens: Int) {
        if let batch = step.staticBatch {
            let rows = batch.shape.batchSize
            let isPrefill = step.tkv == batch.shape.promptLength
            self.init(
                prefillTokens: isPrefill ? rows * step.tkv : 0, decodeSequences: isPrefill ? 0 : rows,
                contextTokens: rows * step.tkv)
            return
        }
        self.init()
        for item in step.items {
            let slots = item.slotBlocks.isEmpty ? item.count : item.slotBlocks.count * blockTokens
            if slots == 1 { decodeSequences += 1 } else { prefillTokens += slots }
            contextTokens += item.leftPadding + item.start + item.count
        }
    }
}
