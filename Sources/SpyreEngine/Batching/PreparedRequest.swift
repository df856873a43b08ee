import SpyreScheduler

/// A request that was checked: everything in it may be used without looking again.
struct PreparedRequest: Sendable {
    /// The prompt's text; nil for a prompt of token ids.
    let prompt: String?
    let promptTokenIDs: [Int]
    /// With a `maxTokens` that fits into the context, and into a shape where there are shapes.
    let params: SamplingParams
    let seed: SamplingSeed
    /// The model's end-of-sequence ids.
    let endTokens: [Int]
    let badWords: [[Int]]
    /// Tokens of prompt and output that a sequence can hold.
    let contextLength: Int
    /// Who may share the KV blocks of the prompt.
    var identity = PrefixIdentity()
    /// What each completion has to look like.
    var constraint: (any TokenConstraint)?

    /// Tokens of output at most.
    var maximumNewTokens: Int { min(params.maxTokens ?? contextLength, contextLength - promptTokenIDs.count) }

    /// The request as a scheduler sees it.
    func schedulerRequest(_ id: RequestID, reportsPrompt: Bool, siblings: [RequestID]) -> SchedulerRequest {
        SchedulerRequest(
            id: id, prompt: promptTokenIDs.map { Int32(truncatingIfNeeded: $0) }, maximumNewTokens: maximumNewTokens,
            identity: identity, reportsPrompt: reportsPrompt, siblings: siblings)
    }
}
