/// Which stop of the request ended a sequence. An end-of-sequence id of the model has none.
public enum StopReason: Sendable, Equatable, Encodable {
    case string(String)
    case token(Int)

    /// Writes the string or the number itself, as vLLM's `stop_reason` is.
    public func encode(to encoder: any Encoder) throws {
        var value = encoder.singleValueContainer()
        switch self {
        case .string(let string): try value.encode(string)
        case .token(let token): try value.encode(token)
        }
    }
}
