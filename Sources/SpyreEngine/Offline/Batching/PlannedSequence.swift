/// What a policy knows about a running sequence.
struct PlannedSequence: Sendable, Equatable {
    /// Tokens whose keys and values are in the cache.
    var computedTokens: Int
    /// Tokens known: the prompt and the output so far. More than `computedTokens`.
    var knownTokens: Int
    /// Whether the logits of every row are wanted, not only those of the last known token.
    var wantsAllLogits: Bool

    var remainingTokens: Int { knownTokens - computedTokens }
}
