/// Times of one repeat, in seconds.
struct LatencyRun: Equatable {
    /// All prompts together, up to the logits of the last token of the last one.
    let prefill: Double
    /// Each decode step.
    let steps: [Double]
    /// What the processor could do right after it; nil when that is not known.
    var limits: ModelLimits.Sample?

    var decode: Double { steps.reduce(0, +) }
}
