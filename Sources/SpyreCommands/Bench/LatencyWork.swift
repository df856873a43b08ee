/// What one repeat of `spyre bench latency` does.
struct LatencyWork: Equatable {
    /// Tokens that each sequence has before its prompt; reading them does not count.
    var depth = 0
    /// Tokens of each sequence's prompt.
    let promptTokens: Int
    /// Steps of one token per sequence after it.
    let outputTokens: Int
    let sequences: Int
    let repeats: Int
    let seed: UInt64

    /// Tokens of a sequence at the end of a repeat.
    var length: Int { depth + promptTokens + outputTokens }

    /// Tokens of context that a generated token sees, on average: the first one sees the prompt and itself.
    var meanContext: Double { Double(depth + promptTokens) + Double(outputTokens + 1) / 2 }
}
