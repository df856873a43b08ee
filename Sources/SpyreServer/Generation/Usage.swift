import SpyreEngine

/// How many tokens a request took.
struct Usage: Sendable, Equatable {
    var promptTokens = 0
    var completionTokens = 0
    var cachedTokens = 0

    init(promptTokens: Int = 0) { self.promptTokens = promptTokens }

    init(_ outputs: [RequestOutput]) {
        for output in outputs { add(output.metrics) }
    }

    private mutating func add(_ metrics: RequestMetrics) {
        promptTokens += metrics.promptTokens
        completionTokens += metrics.outputTokens
        cachedTokens += metrics.cachedPromptTokens
    }

    func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.member("prompt_tokens", promptTokens)
            fields.member("total_tokens", promptTokens + completionTokens)
            fields.member("completion_tokens", completionTokens)
            fields.member("prompt_tokens_details") { details in
                details.object { $0.member("cached_tokens", cachedTokens) }
            }
        }
    }
}
