/// What can be a key of a mapping; numbers that Python holds equal are one key.
enum TemplateKey: Hashable {
    case string(CodePointString)
    case int(Int)
    case double(Double)
    case none
    case undefined

    /// Nil for values that cannot be keys.
    init?(_ object: TemplateObject) {
        switch object {
        case .string(let text), .markup(let text): self = .string(CodePointString(text))
        case .double(let value):
            if let integer = Int(exactly: value) { self = .int(integer) } else { self = .double(value) }
        case .none: self = .none
        case .undefined: self = .undefined
        default:
            guard let integer = object.integer else { return nil }
            self = .int(integer)
        }
    }
}
