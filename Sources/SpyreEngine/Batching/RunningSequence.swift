import SpyreScheduler
import SpyreTokenizer

/// One of a request's sequences, from its arrival to its end.
final class RunningSequence {
    let request: RequestState
    let output: SequenceOutput
    /// Prompt and output so far.
    private(set) var tokens: [Int32]
    var sampling: SequenceSampling
    /// Whether this sequence reports the log-probabilities of the prompt; the first of a request does.
    let reportsPrompt: Bool
    /// Further sequences of the request, whose first tokens come of the same logits as this one's.
    var siblings: [RequestID] = []
    /// When the last token came.
    var lastToken: ContinuousClock.Instant?

    init(_ request: RequestState, index: Int, vocabularySize: Int, tokenizer: any Tokenizer) {
        let prepared = request.prepared
        self.request = request
        output = SequenceOutput(prepared, index: index, tokenizer: tokenizer)
        tokens = prepared.promptTokenIDs.map { Int32(truncatingIfNeeded: $0) }
        sampling = SequenceSampling(
            prepared.params, prompt: prepared.promptTokenIDs, seed: prepared.seed, index: index,
            vocabularySize: vocabularySize, endTokens: prepared.endTokens, badWords: prepared.badWords,
            constraint: prepared.constraint)
        reportsPrompt = index == 0 && prepared.params.promptLogprobs != nil
    }

    func append(_ token: Int) { tokens.append(Int32(truncatingIfNeeded: token)) }

    /// The request as a scheduler sees it.
    func schedulerRequest(_ id: RequestID) -> SchedulerRequest {
        request.prepared.schedulerRequest(id, reportsPrompt: reportsPrompt, siblings: siblings)
    }
}
