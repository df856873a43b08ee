import SpyreTokenizer

/// A JSON value of a request, members in order.
enum JSONValue: Sendable, Equatable {
    case null
    case bool(Bool)
    case integer(Int)
    /// Any other number.
    case number(Double)
    /// What is written like a number and is none that fits: `1e999`, an integer beyond 64 bits, `NaN`, which Python's
    /// writer puts out. Kept so that the error can name the field.
    case notANumber(String)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)

    /// The words for the value in an error.
    var kind: String {
        switch self {
        case .null: "null"
        case .bool(let flag): flag ? "true" : "false"
        case .integer(let value): "\(value)"
        case .number(let value): "\(value)"
        case .notANumber(let text): text
        case .string(let text): "the string \(PrintableText.quoted(text))"
        case .array: "a list"
        case .object: "an object"
        }
    }

    var isNull: Bool { self == .null }

    /// The value as chat templates take it; nil for a number that is none.
    var templateValue: TemplateValue? {
        switch self {
        case .null: return TemplateValue.none
        case .bool(let flag): return .bool(flag)
        case .integer(let value): return .int(value)
        case .number(let value): return .double(value)
        case .notANumber: return nil
        case .string(let text): return .string(text)
        case .array(let elements):
            var list: [TemplateValue] = []
            for element in elements {
                guard let value = element.templateValue else { return nil }
                list.append(value)
            }
            return .list(list)
        case .object(let object):
            var mapping = TemplateMapping()
            for member in object.members {
                guard let value = member.value.templateValue else { return nil }
                mapping[member.name] = value
            }
            return .mapping(mapping)
        }
    }
}
