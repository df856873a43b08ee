import Foundation

extension TemplateInterpreter {
    func arithmetic(
        _ operation: TemplateArithmetic, _ left: TemplateObject, _ right: TemplateObject
    ) throws(ChatTemplateError) -> TemplateObject {
        if let a = left.integer, let b = right.integer { return try arithmetic(operation, a, b) }
        if let a = number(left), let b = number(right) { return try arithmetic(operation, a, b) }
        switch (operation, left) {
        case (.modulo, .string), (.modulo, .markup): throw unsupported("formatting a string with '%'")
        default: break
        }
        for operand in [left, right] {
            if case .undefined(let undefined) = operand { throw fail(undefined.message) }
        }
        switch (operation, left, right) {
        case (.add, .markup, _), (.add, _, .markup):
            return .markup(try escapedForMarkup(left) + (try escapedForMarkup(right)))
        case (.add, .string(let a), .string(let b)):
            try check(length: a.utf8.count + b.utf8.count)
            return try checked(a + b)
        case (.add, .sequence(let a), .sequence(let b)) where a.kind == b.kind && (a.kind == .list || a.kind == .tuple):
            return try sequence(a.items + b.items, kind: a.kind)
        case (.multiply, _, _):
            if let count = right.integer { return try `repeat`(left, count, operation, right) }
            if let count = left.integer { return try `repeat`(right, count, operation, left) }
        default: break
        }
        throw mismatch(operation, left, right)
    }

    private func escapedForMarkup(_ value: TemplateObject) throws(ChatTemplateError) -> String {
        switch value {
        case .markup(let text):
            try charge(bytes: text.utf8.count)
            return text
        case .string(let text):
            try charge(bytes: text.utf8.count)
            try check(length: text.utf8.count)
            return text.htmlEscaped
        default: throw fail("'+' does not work on \(value.typeName) and string")
        }
    }

    private func mismatch(
        _ operation: TemplateArithmetic, _ left: TemplateObject, _ right: TemplateObject
    ) -> ChatTemplateError {
        fail("'\(operation.rawValue)' does not work on \(left.typeName) and \(right.typeName)")
    }

    func number(_ value: TemplateObject) -> Double? {
        if case .double(let number) = value { return number }
        return value.integer.map { Double($0) }
    }

    private func `repeat`(
        _ value: TemplateObject, _ count: Int, _ operation: TemplateArithmetic, _ other: TemplateObject
    ) throws(ChatTemplateError) -> TemplateObject {
        let count = max(count, 0)
        switch value {
        case .string(let text), .markup(let text):
            let (length, overflow) = text.utf8.count.multipliedReportingOverflow(by: count)
            try check(length: overflow ? .max : length)
            return try checked(text.isEmpty ? "" : String(repeating: text, count: count))
        case .sequence(let sequence) where sequence.kind == .list || sequence.kind == .tuple:
            let (length, overflow) = sequence.items.count.multipliedReportingOverflow(by: count)
            try charge(steps: overflow ? .max : length)
            guard !sequence.items.isEmpty else { return value }
            var items: [TemplateObject] = []
            for _ in 0..<count { items += sequence.items }
            return try self.sequence(items, kind: sequence.kind)
        default: throw mismatch(operation, value, other)
        }
    }

    // MARK: - Numbers

    private func arithmetic(
        _ operation: TemplateArithmetic, _ a: Int, _ b: Int
    ) throws(ChatTemplateError) -> TemplateObject {
        if operation == .divide || operation == .floorDivide || operation == .modulo, b == 0 {
            throw fail("division by zero")
        }
        let result: (partialValue: Int, overflow: Bool)
        switch operation {
        case .add: result = a.addingReportingOverflow(b)
        case .subtract: result = a.subtractingReportingOverflow(b)
        case .multiply: result = a.multipliedReportingOverflow(by: b)
        case .divide: return .double(Double(a) / Double(b))
        case .floorDivide: result = floorDivide(a, b)
        case .modulo:
            let remainder = b == -1 ? 0 : a % b
            result = (remainder != 0 && (remainder < 0) != (b < 0) ? remainder + b : remainder, false)
        case .power:
            guard b >= 0 else { return try arithmetic(.power, Double(a), Double(b)) }
            result = power(a, b)
        }
        guard !result.overflow else { throw fail("integer arithmetic beyond 64 bits") }
        return .int(result.partialValue)
    }

    private func floorDivide(_ a: Int, _ b: Int) -> (partialValue: Int, overflow: Bool) {
        let quotient = a.dividedReportingOverflow(by: b)
        guard !quotient.overflow else { return quotient }
        let isInexact = quotient.partialValue.multipliedReportingOverflow(by: b).partialValue != a
        return (isInexact && (a < 0) != (b < 0) ? quotient.partialValue - 1 : quotient.partialValue, false)
    }

    private func power(_ base: Int, _ exponent: Int) -> (partialValue: Int, overflow: Bool) {
        switch base {
        case 0, 1: return (exponent == 0 ? 1 : base, false)
        case -1: return (exponent % 2 == 0 ? 1 : -1, false)
        default: break
        }
        var result = (partialValue: 1, overflow: exponent > 64)
        for _ in 0..<min(exponent, 64) where !result.overflow {
            result = result.partialValue.multipliedReportingOverflow(by: base)
        }
        return result
    }

    private func arithmetic(
        _ operation: TemplateArithmetic, _ a: Double, _ b: Double
    ) throws(ChatTemplateError) -> TemplateObject {
        if operation == .divide || operation == .floorDivide || operation == .modulo, b == 0 {
            throw fail("division by zero")
        }
        switch operation {
        case .add: return .double(a + b)
        case .subtract: return .double(a - b)
        case .multiply: return .double(a * b)
        case .divide: return .double(a / b)
        case .floorDivide: return .double(divmod(a, b).quotient)
        case .modulo: return .double(divmod(a, b).remainder)
        case .power:
            if a == 0, b < 0 { throw fail("zero cannot be raised to a negative power") }
            if a < 0, b.isFinite, b != b.rounded() { throw fail("a negative number has no real fractional power") }
            let result = pow(a, b)
            if result.isInfinite, a.isFinite, b.isFinite { throw fail("the power is out of range") }
            return .double(result)
        }
    }

    /// Floor division and remainder with the sign of the divisor, as Python defines them.
    private func divmod(_ a: Double, _ b: Double) -> (quotient: Double, remainder: Double) {
        var remainder = fmod(a, b)
        var quotient = (a - remainder) / b
        if remainder != 0 {
            if (b < 0) != (remainder < 0) {
                remainder += b
                quotient -= 1
            }
        } else {
            remainder = b.sign == .minus ? -0.0 : 0.0
        }
        guard quotient != 0 else { return ((a / b).sign == .minus ? -0.0 : 0.0, remainder) }
        let floor = quotient.rounded(.down)
        return (quotient - floor > 0.5 ? floor + 1 : floor, remainder)
    }

    func negate(_ value: TemplateObject) throws(ChatTemplateError) -> TemplateObject {
        if let integer = value.integer {
            let (result, overflow) = Int(0).subtractingReportingOverflow(integer)
            guard !overflow else { throw fail("integer arithmetic beyond 64 bits") }
            return .int(result)
        }
        guard case .double(let number) = value else { throw notNumber(value, "'-'") }
        return .double(-number)
    }

    func positive(_ value: TemplateObject) throws(ChatTemplateError) -> TemplateObject {
        if let integer = value.integer { return .int(integer) }
        guard case .double = value else { throw notNumber(value, "'+'") }
        return value
    }

    func notNumber(_ value: TemplateObject, _ user: String) -> ChatTemplateError {
        if case .undefined(let undefined) = value { return fail(undefined.message) }
        return fail("\(user) needs a number, not a \(value.typeName)")
    }
}
