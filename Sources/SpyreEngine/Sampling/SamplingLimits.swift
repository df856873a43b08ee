/// What a deployment lets one request ask for. The defaults protect a server; a program that runs its own requests may
/// widen them.
public struct SamplingLimits: Sendable, Equatable {
    /// Greatest `n`.
    public var maximumSequences = 16
    /// Greatest `logprobs` and `prompt_logprobs`. -1 in a request counts as the vocabulary size.
    public var maximumLogprobs = 20
    /// Greatest number of stop strings.
    public var maximumStopStrings = 4
    /// Greatest number of `stop_token_ids`.
    public var maximumStopTokens = 128
    /// Greatest length of a stop string or bad word in UTF-8 bytes.
    public var maximumStringBytes = 256
    /// Greatest number of `bad_words`.
    public var maximumBadWords = 1_024
    /// Greatest number of `logit_bias` entries.
    public var maximumLogitBiases = 300
    /// Greatest `n` × `max_tokens`, or nil for no limit beside the context length.
    public var maximumGeneratedTokens: Int?

    public init() {}
}
