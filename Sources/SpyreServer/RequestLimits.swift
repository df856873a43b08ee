/// What one request may hold, beside what the engine's `SamplingLimits` say.
public struct RequestLimits: Sendable, Equatable {
    /// Bytes of a body.
    public var bodyBytes = 2 << 20
    /// Prompts of a completions request.
    public var prompts = 128
    /// Messages of a conversation, and tools on offer.
    public var messages = 1_024
    public var tools = 128

    public init() {}
}
