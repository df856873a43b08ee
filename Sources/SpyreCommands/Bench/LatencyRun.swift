/// Times of one repeat, in seconds.
struct LatencyRun: Equatable {
    /// All prompts together, up to the logits of the last token of the last one.
    let prefill: Double
    /// Each decode step.
    let steps: [Double]

    var decode: Double { steps.reduce(0, +) }
}
