import Foundation

extension TemplateInterpreter {
    func applyNumber(
        _ filter: TemplateFilter, to value: TemplateObject, _ arguments: TemplateCallArguments
    ) throws(ChatTemplateError) -> TemplateObject {
        switch filter {
        case .float:
            let bound = try bind(arguments, ["default"], "float")
            return try float(value).map { .double($0) } ?? bound[0] ?? .double(0)
        case .int: return try toInteger(value, arguments)
        case .round: return try round(value, arguments)
        default:
            try expectNoArguments(arguments, filter)
            if case .double(let number) = value { return .double(number.magnitude) }
            guard let integer = value.integer else { throw notNumber(value, "'abs'") }
            return integer < 0 ? try negate(.int(integer)) : .int(integer)
        }
    }

    /// Python's `float(value)`; nil where that fails with a wrong type or text.
    private func float(_ value: TemplateObject) throws(ChatTemplateError) -> Double? {
        switch value {
        case .string(let text): return text.pythonDouble
        case .undefined(let undefined): throw fail(undefined.message)
        default: return number(value)
        }
    }

    private func toInteger(
        _ value: TemplateObject, _ arguments: TemplateCallArguments
    ) throws(ChatTemplateError) -> TemplateObject {
        let bound = try bind(arguments, ["default", "base"], "int")
        let base = try integer(bound[1], default: 10, "int")
        let fallback = bound[0] ?? .int(0)
        if let integer = value.integer { return .int(integer) }
        if case .string(let text) = value {
            switch text.pythonInteger(base: base) {
            case .value(let integer): return .int(integer)
            case .tooLarge: throw fail("'int': '\(text.prefix(40))' does not fit 64 bits")
            case .invalid: break
            }
        } else if case .double(let number) = value, number.isInfinite {
            throw fail("'int' cannot convert infinity")
        }
        guard let number = try float(value), number.isFinite else { return fallback }
        guard let integer = Int(exactly: number.rounded(.towardZero)) else {
            throw fail("'int': \(number) does not fit 64 bits")
        }
        return .int(integer)
    }

    private func round(
        _ value: TemplateObject, _ arguments: TemplateCallArguments
    ) throws(ChatTemplateError) -> TemplateObject {
        let bound = try bind(arguments, ["precision", "method"], "round")
        let precision = try integer(bound[0], default: 0, "round")
        let method = try bound[1].map(evaluatedMethod) ?? "common"
        guard (-300...300).contains(precision) else { throw fail("'round' needs a precision between -300 and 300") }
        guard let number = number(value) else { throw notNumber(value, "'round'") }
        switch method {
        case "common":
            if value.integer != nil, precision >= 0 { return try positive(value) }
            if value.integer != nil { throw unsupported("rounding an integer to tens") }
            return .double(rounded(number, precision))
        case "ceil", "floor":
            guard number.isFinite else { throw fail("'round' cannot convert \(number.pythonDescription)") }
            let scale = pow(10, Double(precision))
            let scaled = (number * scale).rounded(method == "ceil" ? .up : .down)
            // Python's ceil and floor return integers, which have no negative zero.
            return .double((scaled == 0 ? 0 : scaled) / scale)
        default: throw fail("'round' knows the methods common, ceil and floor, not '\(method)'")
        }
    }

    private func evaluatedMethod(_ value: TemplateObject) throws(ChatTemplateError) -> String {
        try string(value, "round")
    }

    /// Python's `round(number, digits)`: correct for the number's exact binary value, ties to even.
    private func rounded(_ number: Double, _ digits: Int) -> Double {
        guard number.isFinite else { return number }
        if digits == 0 { return number.rounded(.toNearestOrEven) }
        if digits > 0 { return Double(String(format: "%.\(digits)f", number)) ?? number }
        let scale = pow(10, Double(-digits))
        return (number / scale).rounded(.toNearestOrEven) * scale
    }
}
