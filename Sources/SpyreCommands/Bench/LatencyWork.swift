/// What one repeat of `spyre bench latency` does.
struct LatencyWork: Equatable {
    /// Tokens of each sequence's prompt.
    let promptTokens: Int
    /// Steps of one token per sequence after it.
    let outputTokens: Int
    let sequences: Int
    let repeats: Int
    let seed: UInt64
}
