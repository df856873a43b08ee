/// Everything a `BPETokenizer` consists of, checked and ready to run.
struct BPEComponents: Sendable {
    var model: BPEModel
    /// Finds the added tokens that are looked for in raw text.
    var rawSplitter: AddedTokenSplitter
    /// Finds the added tokens that are looked for in normalized text.
    var normalizedSplitter: AddedTokenSplitter
    var normalizer: Normalizer
    var stages: [PreTokenizerStage]
    /// Ids put before every text.
    var prefix: [Int]
    /// Ids put behind every text.
    var suffix: [Int]
    var specialTokens: SpecialTokens
    var chatTemplateSource: String?

    /// Sorts `tokens` into the two splitters.
    static func splitters(
        of tokens: [AddedToken], normalizer: Normalizer
    ) -> (raw: AddedTokenSplitter, normalized: AddedTokenSplitter) {
        var raw = AddedTokenSplitter()
        var normalized = AddedTokenSplitter()
        for token in tokens {
            if token.normalized {
                normalized.add(token, spelling: normalizer.apply(to: token.content))
            } else {
                raw.add(token, spelling: token.content)
            }
        }
        return (raw, normalized)
    }
}
