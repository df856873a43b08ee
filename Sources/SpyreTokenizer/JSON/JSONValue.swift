/// A small JSON value. Large vocabularies are read straight from `JSONReader` instead.
enum JSONValue {
    case null
    case bool(Bool)
    case integer(Int)
    /// A number that is no `Int`.
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    /// The word for the type in messages.
    var kind: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .integer, .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }

    var isNull: Bool {
        if case .null = self { true } else { false }
    }
}
