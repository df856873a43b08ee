import SpyreEngine

/// The body of POST /v1/completions, checked as far as it can be without the model.
struct CompletionRequest: Sendable {
    let model: String?
    let prompts: [Prompt]
    var params: SamplingParams
    let stream: StreamFields
    let echo: Bool
    /// Nothing is to be generated: `max_tokens` 0, which scores the prompt.
    let scoresPrompt: Bool
    let addsSpecialTokens: Bool
    let truncation: PromptTruncation?
    let cacheSalt: String?

    /// - Parameter defaults: what absent fields are taken from.
    init(_ fields: FieldReader, defaults: SamplingParams, limits: RequestLimits) throws(APIError) {
        model = try fields.string("model")
        var params = defaults
        try SamplingFields.read(fields, into: &params)
        echo = try fields.bool("echo") ?? false
        stream = try StreamFields(fields)
        params.logprobs = try fields.integer("logprobs")
        let wanted = try fields.integer("max_tokens", in: 0...Int.max) ?? 16
        scoresPrompt = wanted == 0
        guard wanted > 0 || echo else {
            throw fields.fail("max_tokens", "must be at least 1, or 0 together with echo, got 0")
        }
        // One token is generated and not told.
        params.maxTokens = max(1, wanted)
        params.minTokens = scoresPrompt ? 0 : params.minTokens
        if echo, params.promptLogprobs == nil { params.promptLogprobs = params.logprobs }
        if stream.isStreamed, fields.value("prompt_logprobs") != nil {
            throw fields.fail("prompt_logprobs", "is not for streams")
        }
        if let suffix = try fields.string("suffix"), !suffix.isEmpty {
            throw fields.fail("suffix", "is not supported")
        }
        self.params = params
        prompts = try Self.prompts(fields, limits)
        addsSpecialTokens = try fields.bool("add_special_tokens") ?? true
        truncation = try PromptTruncation(fields)
        cacheSalt = try CacheSalt.read(fields)
    }

    /// A text, a list of texts, a list of token ids, or a list of such lists.
    private static func prompts(_ fields: FieldReader, _ limits: RequestLimits) throws(APIError) -> [Prompt] {
        guard let value = fields.value("prompt") else {
            throw fields.fail("prompt", "is missing; give a string or a list of token ids")
        }
        let prompts: [Prompt]
        if case .string(let text) = value {
            prompts = [.text(text)]
        } else if let ids = FieldReader.integers(value) {
            prompts = [.tokens(ids)]
        } else if let texts = FieldReader.strings(value) {
            prompts = texts.map { .text($0) }
        } else if case .array(let elements) = value {
            var lists: [Prompt] = []
            for element in elements {
                guard let ids = FieldReader.integers(element) else {
                    throw fields.fail(
                        "prompt", "must be a string, a list of strings, a list of token ids or a list of such lists")
                }
                lists.append(.tokens(ids))
            }
            prompts = lists
        } else {
            throw fields.fail("prompt", "must be a string or a list, got \(value.kind)")
        }
        guard prompts.count <= limits.prompts else {
            throw fields.fail("prompt", "must be at most \(limits.prompts) prompts, got \(prompts.count)")
        }
        for case .tokens(let ids) in prompts where ids.isEmpty { throw fields.fail("prompt", "must not be empty") }
        for case .text(let text) in prompts where text.isEmpty { throw fields.fail("prompt", "must not be empty") }
        return prompts
    }
}
