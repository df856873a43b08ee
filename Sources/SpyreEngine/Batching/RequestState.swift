/// A request of a batch and what has come of it so far. One thread at a time.
final class RequestState {
    /// The loop's name for the request.
    let number: Int
    let prepared: PreparedRequest
    private(set) var timeline: RequestTimeline
    private(set) var completions: [CompletionOutput] = []
    private(set) var outputTokens = 0
    /// Tokens of the prompt that the prefix cache had when the request was first run.
    private(set) var cachedTokens = 0
    /// One entry for each token of the prompt that was reported, nil for the first one.
    private(set) var promptLogprobs: [TokenLogprobs?]

    /// - Parameter arrival: when the caller handed the request over.
    init(_ prepared: PreparedRequest, number: Int, arrival: ContinuousClock.Instant) {
        self.prepared = prepared
        self.number = number
        timeline = RequestTimeline(arrival: arrival)
        promptLogprobs = prepared.params.promptLogprobs == nil ? [] : [nil]
    }

    var isFinished: Bool { completions.count == prepared.params.n }

    /// Tokens of the prompt whose entry is there, the first one's included.
    var reportedPromptTokens: Int { promptLogprobs.count }

    func appendPromptLogprobs(_ logprobs: TokenLogprobs) { promptLogprobs.append(logprobs) }

    /// The first of the request's rows are about to run.
    /// - Parameter computed: tokens of the prompt that were there already.
    func noteStart(computed: Int, at instant: ContinuousClock.Instant) {
        guard timeline.start == nil else { return }
        timeline.start = instant
        cachedTokens = computed
    }

    func note(_ delta: GenerationDelta, at instant: ContinuousClock.Instant) {
        outputTokens += delta.tokenIDs.count
        if timeline.firstToken == nil, !delta.tokenIDs.isEmpty { timeline.firstToken = instant }
    }

    func finish(_ completion: CompletionOutput, at instant: ContinuousClock.Instant) {
        completions.append(completion)
        timeline.end = instant
    }

    /// The request has ended before its time.
    func noteEnd(at instant: ContinuousClock.Instant) {
        if !isFinished { timeline.end = instant }
    }

    var output: RequestOutput {
        RequestOutput(
            prompt: prepared.prompt, promptTokenIDs: prepared.promptTokenIDs,
            promptLogprobs: prepared.params.promptLogprobs == nil ? nil : promptLogprobs,
            completions: completions.sorted { $0.index < $1.index }, seed: prepared.seed.value,
            metrics: RequestMetrics(
                promptTokens: prepared.promptTokenIDs.count, outputTokens: outputTokens,
                firstTokenSeconds: timeline.seconds(until: timeline.firstToken),
                totalSeconds: timeline.seconds(until: timeline.end) ?? 0, cachedPromptTokens: cachedTokens))
    }
}
