/// A request of a batch and what has come of it so far.
struct RequestState {
    let prepared: PreparedRequest
    private(set) var completions: [CompletionOutput] = []
    private(set) var outputTokens = 0
    private var promptLogprobs: [TokenLogprobs?]
    private var firstTokenSeconds: Double?
    private var totalSeconds = 0.0

    init(_ prepared: PreparedRequest) {
        self.prepared = prepared
        promptLogprobs = prepared.params.promptLogprobs == nil ? [] : [nil]
    }

    var isFinished: Bool { completions.count == prepared.params.n }

    /// Tokens of the prompt whose entry is there, the first one's included.
    var reportedPromptTokens: Int { promptLogprobs.count }

    mutating func appendPromptLogprobs(_ logprobs: TokenLogprobs) { promptLogprobs.append(logprobs) }

    mutating func note(_ delta: GenerationDelta, seconds: Double) {
        outputTokens += delta.tokenIDs.count
        if firstTokenSeconds == nil, !delta.tokenIDs.isEmpty { firstTokenSeconds = seconds }
    }

    mutating func finish(_ completion: CompletionOutput, seconds: Double) {
        completions.append(completion)
        totalSeconds = seconds
    }

    var output: RequestOutput {
        RequestOutput(
            prompt: prepared.prompt, promptTokenIDs: prepared.promptTokenIDs,
            promptLogprobs: prepared.params.promptLogprobs == nil ? nil : promptLogprobs,
            completions: completions.sorted { $0.index < $1.index }, seed: prepared.seed.value,
            metrics: RequestMetrics(
                promptTokens: prepared.promptTokenIDs.count, outputTokens: outputTokens,
                firstTokenSeconds: firstTokenSeconds, totalSeconds: totalSeconds))
    }
}
