extension SamplingParams {
    /// Temperatures below this are greedy sampling.
    static let greedyTemperature = 1e-5
    /// The smallest temperature that logits are divided by.
    static let smallestTemperature = 0.01

    /// Whether the most likely token is taken.
    public var isGreedy: Bool { temperature < Self.greedyTemperature }

    /// The temperature that is used: 0 for greedy sampling, otherwise at least 0.01, so that the division of a logit
    /// stays in range.
    public var effectiveTemperature: Double {
        isGreedy ? 0 : max(temperature, Self.smallestTemperature)
    }

    /// Whether any of the three penalties changes a logit.
    var hasPenalties: Bool { repetitionPenalty != 1 || presencePenalty != 0 || frequencyPenalty != 0 }
}
