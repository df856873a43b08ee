import SpyreEngine
import SpyreTokenizer

/// The body of POST /v1/chat/completions, checked as far as it can be without the model.
struct ChatRequest: Sendable {
    let model: String?
    let messages: [ChatMessage]
    let tools: ToolFields
    var params: SamplingParams
    let stream: StreamFields
    let prompt: ChatPromptFields
    let truncation: PromptTruncation?
    let cacheSalt: String?

    /// - Parameter defaults: what absent fields are taken from.
    init(_ fields: FieldReader, defaults: SamplingParams, limits: RequestLimits) throws(APIError) {
        model = try fields.string("model")
        messages = try ChatMessageFields.read(fields, limits)
        tools = try ToolFields(fields, limits)
        var params = defaults
        try SamplingFields.read(fields, into: &params)
        stream = try StreamFields(fields)
        let older = try fields.integer("max_tokens", in: 1...Int.max)
        let wanted = try fields.integer("max_completion_tokens", in: 1...Int.max) ?? older
        // Without a limit the answer may fill the context.
        params.maxTokens = wanted
        params.logprobs = try Self.logprobs(fields)
        if stream.isStreamed, fields.value("prompt_logprobs") != nil {
            throw fields.fail("prompt_logprobs", "is not for streams")
        }
        self.params = params
        prompt = try ChatPromptFields(fields, messages)
        truncation = try PromptTruncation(fields)
        cacheSalt = try CacheSalt.read(fields)
    }

    private static func logprobs(_ fields: FieldReader) throws(APIError) -> Int? {
        let isWanted = try fields.bool("logprobs") ?? false
        guard let top = try fields.integer("top_logprobs") else { return isWanted ? 0 : nil }
        guard isWanted || top == 0 else { throw fields.fail("top_logprobs", "needs logprobs true") }
        guard top >= -1 else { throw fields.fail("top_logprobs", "must be at least 0, got \(top)") }
        return isWanted ? top : nil
    }
}
