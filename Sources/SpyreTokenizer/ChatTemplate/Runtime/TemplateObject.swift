/// A value while a template runs: what JSON holds, and what only exists inside Jinja.
enum TemplateObject {
    case undefined(TemplateUndefined)
    case none
    case bool(Bool)
    case int(Int)
    case double(Double)
    case string(String)
    /// Text from the filters `safe` and `escape`: with `+` it escapes the other side, elsewhere it is a string.
    case markup(String)
    case sequence(TemplateSequence)
    case mapping(TemplateDictionary)
    case generator(TemplateGenerator)
    case namespace(TemplateNamespace)
    case loop(TemplateLoop)
    case macro(TemplateMacroValue)
    case method(TemplateMethod)
    case function(TemplateFunction)

    var isUndefined: Bool {
        if case .undefined = self { true } else { false }
    }

    var isNone: Bool {
        if case .none = self { true } else { false }
    }

    /// Nesting of containers below this value: bounded, so that recursion over a value and freeing it are safe.
    var depth: Int {
        switch self {
        case .sequence(let sequence): sequence.depth
        case .mapping(let mapping): mapping.depth
        case .generator(let generator): generator.depth
        case .loop(let loop): loop.valueDepth
        case .method(let method): method.receiver.depth + 1
        default: 0
        }
    }

    var isTrue: Bool {
        switch self {
        case .undefined, .none: false
        case .bool(let value): value
        case .int(let value): value != 0
        case .double(let value): value != 0
        case .string(let text), .markup(let text): !text.isEmpty
        case .sequence(let sequence): !sequence.items.isEmpty
        case .mapping(let mapping): mapping.count > 0
        default: true
        }
    }

    /// Markup as a plain string; anything else as it is.
    var plain: TemplateObject {
        if case .markup(let text) = self { .string(text) } else { self }
    }

    /// Integers, and booleans, which Python counts among them.
    var integer: Int? {
        switch self {
        case .bool(let value): value ? 1 : 0
        case .int(let value): value
        default: nil
        }
    }

    /// The type's name in messages.
    var typeName: String {
        switch self {
        case .undefined: "undefined"
        case .none: "none"
        case .bool: "boolean"
        case .int: "integer"
        case .double: "float"
        case .string, .markup: "string"
        case .sequence(let sequence): sequence.kind.rawValue
        case .mapping: "mapping"
        case .generator: "generator"
        case .namespace: "namespace"
        case .loop: "loop"
        case .macro: "macro"
        case .method: "method"
        case .function: "function"
        }
    }
}
