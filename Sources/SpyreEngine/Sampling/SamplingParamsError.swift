/// Why sampling parameters were refused. Every case but `malformed` names the field by its JSON name.
public enum SamplingParamsError: Error, Equatable, Sendable {
    /// The value lies outside what the field allows; both are printable.
    case outOfRange(field: String, value: String, allowed: String)
    /// The JSON value has another type than the field.
    case wrongType(field: String, expected: String, got: String)
    /// No such field. `known` lists the fields there are.
    case unknownField(field: String, known: [String])
    /// Two fields exclude each other; `reason` completes "`field` …".
    case conflict(field: String, reason: String)
    /// The text is no JSON object.
    case malformed(reason: String)

    /// The JSON name of the field at fault, with the place inside it where there is one (`logit_bias["7"]`).
    public var field: String? {
        switch self {
        case .outOfRange(let field, _, _), .wrongType(let field, _, _), .unknownField(let field, _),
            .conflict(let field, _):
            field
        case .malformed: nil
        }
    }
}

extension SamplingParamsError: CustomStringConvertible {
    /// One line: the field, what it must be, what it was.
    public var description: String {
        switch self {
        case .outOfRange(let field, let value, let allowed): "\(field) must be \(allowed), got \(value)"
        case .wrongType(let field, let expected, let got): "\(field) must be \(expected), got \(got)"
        case .unknownField(let field, let known):
            "unknown sampling field \(field); the fields are \(known.joined(separator: ", "))"
        case .conflict(let field, let reason): "\(field) \(reason)"
        case .malformed(let reason): "sampling parameters must be a JSON object: \(reason)"
        }
    }
}
