import SpyreTokenizer

/// A sequence of a request that has been admitted.
final class RunningSequence {
    /// Number of the request in the batch.
    let request: Int
    let output: SequenceOutput
    var kv: KVSequence
    var sampling: SequenceSampling
    private let promptLength: Int
    /// Whether this sequence reports the log-probabilities of the prompt; the first of a request does.
    let reportsPrompt: Bool

    init(
        _ prepared: PreparedRequest, request: Int, index: Int, promisedBlocks: Int, vocabularySize: Int,
        tokenizer: any Tokenizer
    ) {
        self.request = request
        output = SequenceOutput(prepared, index: index, tokenizer: tokenizer)
        kv = KVSequence(tokens: prepared.promptTokenIDs, promisedBlocks: promisedBlocks)
        sampling = SequenceSampling(
            prepared.params, prompt: prepared.promptTokenIDs, seed: prepared.seed, index: index,
            vocabularySize: vocabularySize, endTokens: prepared.endTokens, badWords: prepared.badWords)
        promptLength = prepared.promptTokenIDs.count
        reportsPrompt = index == 0 && prepared.params.promptLogprobs != nil
    }

    var planned: PlannedSequence {
        PlannedSequence(
            computedTokens: kv.computedTokens, knownTokens: kv.tokens.count,
            wantsAllLogits: reportsPrompt && kv.computedTokens < promptLength)
    }
}
