/// The tests that templates may use after `is`. Others are refused when the template is parsed.
enum TemplateTest: String, Sendable {
    case boolean, callable, defined, divisibleby, even, `false`, float, `in`, integer, iterable, lower, mapping, none
    case number, odd, sameas, sequence, string, `true`, undefined, upper
    case equal, notEqual, less, lessEqual, greater, greaterEqual

    init?(name: String) {
        switch name {
        case "eq", "==", "equalto": self = .equal
        case "ne", "!=": self = .notEqual
        case "lt", "<", "lessthan": self = .less
        case "le", "<=": self = .lessEqual
        case "gt", ">", "greaterthan": self = .greater
        case "ge", ">=": self = .greaterEqual
        case "equal", "notEqual", "less", "lessEqual", "greater", "greaterEqual": return nil
        default: self.init(rawValue: name)
        }
    }

    var comparison: TemplateComparison? {
        switch self {
        case .equal: .equal
        case .notEqual: .notEqual
        case .less: .less
        case .lessEqual: .lessEqual
        case .greater: .greater
        case .greaterEqual: .greaterEqual
        case .in: .isIn
        default: nil
        }
    }
}

extension TemplateInterpreter {
    func holds(
        _ test: TemplateTest, _ value: TemplateObject, _ arguments: TemplateCallArguments
    ) throws(ChatTemplateError) -> Bool {
        let value = value.plain
        if let comparison = test.comparison {
            return try compare(comparison, value, try only(arguments, test))
        }
        switch test {
        case .divisibleby:
            let remainder = try arithmetic(.modulo, value, try only(arguments, test))
            return try isEqual(remainder, .int(0))
        case .sameas: return try isSame(value, try only(arguments, test))
        default: break
        }
        guard arguments.isEmpty else { throw fail("the test '\(test.rawValue)' takes no arguments") }
        switch test {
        case .even, .odd:
            let remainder = try arithmetic(.modulo, value, .int(2))
            return try isEqual(remainder, .int(test == .odd ? 1 : 0))
        case .lower: return try text(of: value).hasPythonCase(upper: false)
        case .upper: return try text(of: value).hasPythonCase(upper: true)
        default: return hasType(value, test)
        }
    }

    private func only(_ arguments: TemplateCallArguments, _ test: TemplateTest) throws(ChatTemplateError)
        -> TemplateObject
    {
        guard arguments.positional.count == 1, arguments.keyword.isEmpty else {
            throw fail("the test '\(test.rawValue)' takes one argument")
        }
        return arguments.positional[0]
    }

    /// Identity. Equal immutable scalars count as the same object, which Python leaves open except for these.
    private func isSame(_ left: TemplateObject, _ right: TemplateObject) throws(ChatTemplateError) -> Bool {
        switch (left, right) {
        case (.bool(let a), .bool(let b)): return a == b
        case (.none, .none): return true
        case (.sequence(let a), .sequence(let b)): return a === b
        case (.mapping(let a), .mapping(let b)): return a === b
        case (.namespace(let a), .namespace(let b)): return a === b
        case (.bool, _), (.none, _), (_, .bool), (_, .none): return false
        default: throw unsupported("the test 'sameas' on a \(left.typeName) and a \(right.typeName)")
        }
    }

    private func hasType(_ value: TemplateObject, _ test: TemplateTest) -> Bool {
        switch (test, value) {
        case (.defined, _): return !value.isUndefined
        case (.undefined, _): return value.isUndefined
        case (.none, _): return value.isNone
        case (.boolean, .bool), (.integer, .int), (.float, .double), (.string, .string), (.mapping, .mapping):
            return true
        case (.number, .bool), (.number, .int), (.number, .double): return true
        case (.true, .bool(let value)): return value
        case (.false, .bool(let value)): return !value
        case (.callable, .undefined), (.callable, .macro), (.callable, .method), (.callable, .function): return true
        case (.callable, .loop): return true
        case (.iterable, .undefined), (.iterable, .string), (.iterable, .sequence), (.iterable, .mapping): return true
        case (.iterable, .generator), (.iterable, .loop): return true
        case (.sequence, .undefined), (.sequence, .string), (.sequence, .mapping): return true
        case (.sequence, .sequence(let sequence)): return !sequence.kind.isView
        default: return false
        }
    }
}
