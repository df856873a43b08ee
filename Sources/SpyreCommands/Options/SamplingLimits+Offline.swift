import SpyreEngine

extension SamplingLimits {
    /// The defaults protect a server; who types the command pays for it alone.
    ///
    /// - Parameter vocabularySize: `Int.max` before the model is known.
    static func offline(vocabularySize: Int = .max) -> SamplingLimits {
        var wide = SamplingLimits()
        wide.maximumSequences = 1024
        wide.maximumLogprobs = vocabularySize
        wide.maximumStopStrings = 1024
        wide.maximumStopTokens = vocabularySize
        wide.maximumStringBytes = 64 << 10
        wide.maximumBadWords = 64 << 10
        wide.maximumLogitBiases = vocabularySize
        return wide
    }
}
