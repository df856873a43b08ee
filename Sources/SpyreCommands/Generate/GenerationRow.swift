import SpyreEngine

/// One line of `spyre generate --json`: one completion of one prompt.
struct GenerationRow: Encodable {
    /// Present when the request has several completions.
    let index: Int?
    let promptIDs: [Int]
    let promptLogprobs: [TokenRow?]?
    let tokenIDs: [Int]
    let text: String
    let finishReason: FinishReason
    let stopReason: StopReason?
    let logprobs: [TokenRow]?
    let error: String?

    private enum CodingKeys: String, CodingKey {
        case index
        case promptIDs = "prompt_ids"
        case promptLogprobs = "prompt_logprobs"
        case tokenIDs = "token_ids"
        case text
        case finishReason = "finish_reason"
        case stopReason = "stop_reason"
        case logprobs
        case error
    }

    init(_ completion: CompletionOutput, of output: RequestOutput) {
        index = output.completions.count > 1 ? completion.index : nil
        promptIDs = output.promptTokenIDs
        promptLogprobs = output.promptLogprobs?.map { $0.map(TokenRow.init(logprobs:)) }
        tokenIDs = completion.tokenIDs
        text = completion.text
        finishReason = completion.finishReason
        stopReason = completion.stopReason
        logprobs = completion.logprobs?.map(TokenRow.init(logprobs:))
        error = completion.error
    }

    /// The five fields that scripts rely on are always there, `logprobs` as null when it was not asked for.
    func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encodeIfPresent(index, forKey: .index)
        try fields.encode(promptIDs, forKey: .promptIDs)
        try fields.encodeIfPresent(promptLogprobs, forKey: .promptLogprobs)
        try fields.encode(tokenIDs, forKey: .tokenIDs)
        try fields.encode(text, forKey: .text)
        try fields.encode(finishReason, forKey: .finishReason)
        try fields.encodeIfPresent(stopReason, forKey: .stopReason)
        try fields.encode(logprobs, forKey: .logprobs)
        try fields.encodeIfPresent(error, forKey: .error)
    }
}
