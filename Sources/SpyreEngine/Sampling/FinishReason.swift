/// Why a sequence ended, with vLLM's names.
public enum FinishReason: String, Sendable, Equatable, Codable, CaseIterable {
    /// An end-of-sequence id, a stop id or a stop string.
    case stop
    /// `max_tokens` or the model's context length.
    case length
    /// The caller gave the request up.
    case abort
    /// The request failed.
    case error
}
