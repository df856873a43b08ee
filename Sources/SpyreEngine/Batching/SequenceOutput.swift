import SpyreTokenizer

/// What one sequence has brought forth: tokens in, text and the end out.
final class SequenceOutput {
    private let index: Int
    private let params: SamplingParams
    private var stop: StopChecker
    private var detokenizer: StreamingDetokenizer
    private var tokenIDs: [Int] = []
    private var text = ""
    private var logprobs: [TokenLogprobs] = []
    private var error: String?

    init(_ request: PreparedRequest, index: Int, tokenizer: any Tokenizer) {
        self.index = index
        params = request.params
        stop = StopChecker(
            request.params, endTokens: request.endTokens, promptLength: request.promptTokenIDs.count,
            maximumModelLength: request.contextLength)
        detokenizer = StreamingDetokenizer(
            tokenizer: tokenizer, skipSpecialTokens: request.params.skipSpecialTokens)
    }

    var isFinished: Bool { stop.finish != nil }

    /// Takes the next token.
    func append(_ token: SampledToken) -> GenerationDelta {
        tokenIDs.append(token.tokenID)
        if let logprob = token.logprobs { logprobs.append(logprob) }
        let step = stop.append(
            token: token.tokenID, text: detokenizer.push(token.tokenID), rest: detokenizer.finish())
        text += step.text
        return GenerationDelta(
            index: index, tokenIDs: [token.tokenID], text: step.text, logprobs: token.logprobs.map { [$0] },
            finishReason: step.finish?.reason, stopReason: step.finish?.stop)
    }

    /// Ends the sequence from outside.
    /// - Parameter error: what went wrong, for the reason `.error`.
    func end(_ reason: FinishReason, error: String? = nil) -> GenerationDelta {
        let step = stop.end(reason, rest: detokenizer.finish())
        text += step.text
        self.error = error
        return GenerationDelta(
            index: index, tokenIDs: [], text: step.text, logprobs: params.logprobs == nil ? nil : [],
            finishReason: step.finish?.reason, stopReason: step.finish?.stop)
    }

    /// The sequence as a result; nil while it goes on.
    var completion: CompletionOutput? {
        guard let finish = stop.finish else { return nil }
        let isReporting = params.logprobs != nil
        return CompletionOutput(
            index: index, tokenIDs: tokenIDs, text: text, finishReason: finish.reason, stopReason: finish.stop,
            cumulativeLogprob: isReporting ? logprobs.reduce(0) { $0 + $1.token.logprob } : nil,
            logprobs: isReporting ? logprobs : nil, error: error)
    }
}
