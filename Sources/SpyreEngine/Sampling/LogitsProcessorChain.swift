/// The rules of one request in vLLM's order: allowed ids, bad words, minimum length, biases, penalties. Temperature and
/// the filters by probability come after them, in `TokenCandidates`.
struct LogitsProcessorChain: Sendable {
    private let processors: [any LogitsProcessor]

    init(_ params: SamplingParams, stopTokens: [Int], badWords: [[Int]]) {
        var processors: [any LogitsProcessor] = []
        if let allowed = params.allowedTokenIDs { processors.append(AllowedTokensProcessor(allowed)) }
        let badWords = BadWordsProcessor(badWords)
        if !badWords.isEmpty { processors.append(badWords) }
        if params.minTokens > 0, !stopTokens.isEmpty {
            processors.append(MinTokensProcessor(minimum: params.minTokens, stopTokens: stopTokens))
        }
        if !params.logitBias.isEmpty { processors.append(LogitBiasProcessor(params.logitBias)) }
        if params.hasPenalties {
            processors.append(
                PenaltiesProcessor(
                    repetition: params.repetitionPenalty, presence: params.presencePenalty,
                    frequency: params.frequencyPenalty))
        }
        self.processors = processors
    }

    /// Without rules a row need not be looked at before its maximum is taken.
    var isEmpty: Bool { processors.isEmpty }

    func process(_ row: UnsafeMutableBufferPointer<Float>, history: TokenHistory) {
        for processor in processors { processor.process(row, history: history) }
    }
}
