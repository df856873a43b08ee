extension TemplateInterpreter {
    func evaluate(_ expression: TemplateExpression) throws(ChatTemplateError) -> TemplateObject {
        line = expression.line
        try charge(bytes: Self.leafCost)
        switch expression.kind {
        case .none: return .none
        case .bool(let value): return .bool(value)
        case .int(let value): return .int(value)
        case .double(let value): return .double(value)
        case .string(let text): return .string(text)
        case .name(let name): return lookup(name)
        default: break
        }
        try enter()
        defer { depth -= 1 }
        return try evaluateCompound(expression)
    }

    private func lookup(_ name: Int) -> TemplateObject {
        scope.lookup(name) ?? .undefined(TemplateUndefined("'\(program.names[name])' is undefined"))
    }

    private func evaluateCompound(_ expression: TemplateExpression) throws(ChatTemplateError) -> TemplateObject {
        switch expression.kind {
        case .none, .bool, .int, .double, .string, .name: return try evaluate(expression)
        case .list(let items): return try sequence(try evaluate(items))
        case .tuple(let items): return try sequence(try evaluate(items), kind: .tuple)
        case .mapping(let pairs): return try evaluateMapping(pairs)
        case .attribute(let base, let name):
            let value = try evaluate(base)
            line = expression.line
            return try attribute(name, of: value)
        case .item(let base, let key): return try evaluateItem(base, key, line: expression.line)
        case .slice(let base, let start, let stop, let step):
            return try evaluateSlice(base, [start, stop, step], line: expression.line)
        case .call(let callee, let arguments): return try evaluateCall(callee, arguments, line: expression.line)
        case .filter(let value, let filter, let arguments):
            return try evaluateFilter(value, filter, arguments, line: expression.line)
        case .test(let value, let test, let arguments):
            return try evaluateTest(value, test, arguments, line: expression.line)
        case .arithmetic(let first, let operations):
            return try evaluateArithmetic(first, operations, line: expression.line)
        case .concatenation(let operands): return try evaluateConcatenation(operands)
        case .negative(let operand):
            return try negate(try evaluate(operand))
        case .positive(let operand): return try positive(try evaluate(operand))
        case .not(let operand): return .bool(!(try evaluate(operand).isTrue))
        case .and(let operands): return try evaluateLogical(operands, stopsAt: false)
        case .or(let operands): return try evaluateLogical(operands, stopsAt: true)
        case .comparison(let first, let operations):
            return try evaluateComparison(first, operations, line: expression.line)
        case .conditional(let value, let condition, let otherwise):
            return try evaluateConditional(value, condition, otherwise)
        }
    }

    func evaluate(_ expressions: [TemplateExpression]) throws(ChatTemplateError) -> [TemplateObject] {
        var values: [TemplateObject] = []
        values.reserveCapacity(expressions.count)
        for expression in expressions { values.append(try evaluate(expression)) }
        return values
    }

    private func evaluateMapping(
        _ pairs: [(key: TemplateExpression, value: TemplateExpression)]
    ) throws(ChatTemplateError) -> TemplateObject {
        var entries: [(TemplateObject, TemplateObject)] = []
        for (key, value) in pairs { entries.append((try evaluate(key), try evaluate(value))) }
        return try mapping(entries)
    }

    private func evaluateItem(
        _ base: TemplateExpression, _ key: TemplateExpression, line: Int
    ) throws(ChatTemplateError) -> TemplateObject {
        let value = try evaluate(base)
        let index = try evaluate(key)
        self.line = line
        return try item(index, of: value)
    }

    private func evaluateSlice(
        _ base: TemplateExpression, _ bounds: [TemplateExpression?], line: Int
    ) throws(ChatTemplateError) -> TemplateObject {
        let value = try evaluate(base)
        var indices: [Int?] = []
        for bound in bounds { indices.append(try sliceIndex(try bound.map(evaluateTyped))) }
        self.line = line
        return try slice(value, start: indices[0], stop: indices[1], step: indices[2])
    }

    private func evaluateTyped(_ expression: TemplateExpression) throws(ChatTemplateError) -> TemplateObject {
        try evaluate(expression)
    }

    private func sliceIndex(_ value: TemplateObject?) throws(ChatTemplateError) -> Int? {
        guard let value, !value.isNone else { return nil }
        if case .undefined(let undefined) = value { throw fail(undefined.message) }
        guard let index = value.integer else { throw fail("a slice needs integers, not a \(value.typeName)") }
        return index
    }

    private func evaluateFilter(
        _ operand: TemplateExpression, _ filter: TemplateFilter, _ arguments: TemplateArguments, line: Int
    ) throws(ChatTemplateError) -> TemplateObject {
        let value = try evaluate(operand)
        let evaluated = try evaluate(arguments)
        self.line = line
        return try apply(filter, to: value, evaluated)
    }

    private func evaluateTest(
        _ operand: TemplateExpression, _ test: TemplateTest, _ arguments: TemplateArguments, line: Int
    ) throws(ChatTemplateError) -> TemplateObject {
        let value = try evaluate(operand)
        let evaluated = try evaluate(arguments)
        self.line = line
        return .bool(try holds(test, value, evaluated))
    }

    private func evaluateCall(
        _ callee: TemplateExpression, _ arguments: TemplateArguments, line: Int
    ) throws(ChatTemplateError) -> TemplateObject {
        let function = try evaluate(callee)
        let evaluated = try evaluate(arguments)
        self.line = line
        return try call(function, evaluated)
    }

    func evaluate(_ arguments: TemplateArguments) throws(ChatTemplateError) -> TemplateCallArguments {
        var evaluated = TemplateCallArguments(positional: try evaluate(arguments.positional))
        for (name, value) in arguments.keyword { evaluated.keyword.append((name, try evaluate(value))) }
        if let list = arguments.unpackedList { evaluated.positional += try elements(of: try evaluate(list)) }
        if let expression = arguments.unpackedMapping { try unpack(try evaluate(expression), into: &evaluated) }
        return evaluated
    }

    private func unpack(
        _ value: TemplateObject, into arguments: inout TemplateCallArguments
    ) throws(ChatTemplateError) {
        guard case .mapping(let mapping) = value else { throw fail("'**' needs a mapping, not a \(value.typeName)") }
        try charge(steps: mapping.count)
        for (key, value) in zip(mapping.keys, mapping.values) {
            guard case .string(let name) = key else { throw fail("'**' needs a mapping with string keys") }
            guard !arguments.keyword.contains(where: { $0.name == name }) else {
                throw fail("the argument '\(name)' is given twice")
            }
            guard arguments.keyword.count < TemplateParser.argumentLimit else {
                throw unsupported("a call with more than \(TemplateParser.argumentLimit) arguments")
            }
            arguments.keyword.append((name, value))
        }
    }

    private func evaluateConcatenation(_ operands: [TemplateExpression]) throws(ChatTemplateError) -> TemplateObject {
        var result = ""
        for operand in operands {
            let piece = try text(of: try evaluate(operand))
            try append(piece, to: &result)
        }
        return .string(result)
    }

    /// `and` and `or` return the operand that decided.
    private func evaluateLogical(
        _ operands: [TemplateExpression], stopsAt decisive: Bool
    ) throws(ChatTemplateError) -> TemplateObject {
        var value = TemplateObject.none
        for operand in operands {
            value = try evaluate(operand)
            if value.isTrue == decisive { break }
        }
        return value
    }

    private func evaluateConditional(
        _ value: TemplateExpression, _ condition: TemplateExpression, _ otherwise: TemplateExpression?
    ) throws(ChatTemplateError) -> TemplateObject {
        if try evaluate(condition).isTrue { return try evaluate(value) }
        guard let otherwise else {
            return .undefined(TemplateUndefined("the condition was false and there is no 'else'"))
        }
        return try evaluate(otherwise)
    }

    private func evaluateArithmetic(
        _ first: TemplateExpression, _ operations: [(TemplateArithmetic, TemplateExpression)], line: Int
    ) throws(ChatTemplateError) -> TemplateObject {
        var value = try evaluate(first)
        for (operation, operand) in operations {
            let right = try evaluate(operand)
            self.line = line
            value = try arithmetic(operation, value, right)
        }
        return value
    }

    private func evaluateComparison(
        _ first: TemplateExpression, _ operations: [(TemplateComparison, TemplateExpression)], line: Int
    ) throws(ChatTemplateError) -> TemplateObject {
        var left = try evaluate(first)
        for (comparison, operand) in operations {
            let right = try evaluate(operand)
            self.line = line
            guard try compare(comparison, left, right) else { return .bool(false) }
            left = right
        }
        return .bool(true)
    }
}
