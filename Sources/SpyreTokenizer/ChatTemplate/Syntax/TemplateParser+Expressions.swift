extension TemplateParser {
    /// `a`, or the tuple `a, b` (also `a,`), as statements and `{{ }}` accept it.
    mutating func parseTuple(
        allowsConditional: Bool = true, endWord: String? = nil, isParenthesised: Bool = false
    ) throws(ChatTemplateError) -> TemplateExpression {
        let line = line
        var items: [TemplateExpression] = []
        var isTuple = false
        while !isTupleEnd(endWord) {
            items.append(try parseExpression(allowsConditional: allowsConditional))
            guard skip(.comma) else { break }
            isTuple = true
        }
        if !isTuple, let only = items.first { return only }
        guard isTuple || isParenthesised else { throw syntax("expected an expression, found \(current.kind)") }
        return try node(.tuple(items), line: line, children: items)
    }

    private func isTupleEnd(_ endWord: String?) -> Bool {
        switch current.kind {
        case .variableEnd, .blockEnd, .symbol(.closeParenthesis): true
        case .name(let name): name == endWord
        default: false
        }
    }

    mutating func parseExpression(allowsConditional: Bool = true) throws(ChatTemplateError) -> TemplateExpression {
        let line = line
        var value = try parseBinary(.or)
        guard allowsConditional else { return value }
        while skip(word: "if") {
            let condition = try parseBinary(.or)
            var otherwise: TemplateExpression?
            if skip(word: "else") {
                expressionDepth += 1
                defer { expressionDepth -= 1 }
                guard expressionDepth <= depthLimit else { throw tooDeep() }
                otherwise = try parseExpression()
            }
            value = try node(
                .conditional(value, condition: condition, otherwise: otherwise), line: line,
                children: [value, condition] + (otherwise.map { [$0] } ?? []))
        }
        return value
    }

    // MARK: - Operators

    enum Precedence: Int { case or, and, not, comparison, additive, concatenation, multiplicative, power, unary }

    private enum Operator {
        case or, and, concatenation
        case comparison(TemplateComparison)
        case arithmetic(TemplateArithmetic)
    }

    /// Precedence climbing: parses an operand and every operator that binds at least as tightly as `minimum`.
    /// All operators are left-associative (also `**`, as Jinja compiles it); runs of equal precedence become one node.
    mutating func parseBinary(_ minimum: Precedence) throws(ChatTemplateError) -> TemplateExpression {
        expressionDepth += 1
        defer { expressionDepth -= 1 }
        guard expressionDepth <= depthLimit else { throw tooDeep() }
        let line = line
        var left: TemplateExpression
        if minimum.rawValue <= Precedence.not.rawValue, skip(word: "not") {
            let operand = try parseBinary(.not)
            left = try node(.not(operand), line: line, children: [operand])
        } else {
            left = try parseUnary(appliesFilters: true)
        }
        while let precedence = peekOperator()?.precedence, precedence.rawValue >= minimum.rawValue {
            left = try parseRun(of: precedence, after: left)
        }
        return left
    }

    private mutating func parseRun(
        of precedence: Precedence, after first: TemplateExpression
    ) throws(ChatTemplateError) -> TemplateExpression {
        let line = line
        var operators: [Operator] = []
        var operands: [TemplateExpression] = []
        let operandPrecedence = Precedence(rawValue: precedence.rawValue + 1) ?? .unary
        while let found = peekOperator(), found.precedence == precedence {
            index += found.length
            operators.append(found.operator)
            operands.append(try parseBinary(operandPrecedence))
        }
        return try node(runKind(first, operators, operands), line: line, children: [first] + operands)
    }

    private func runKind(
        _ first: TemplateExpression, _ operators: [Operator], _ operands: [TemplateExpression]
    ) -> TemplateExpression.Kind {
        var arithmetic: [(TemplateArithmetic, TemplateExpression)] = []
        var comparisons: [(TemplateComparison, TemplateExpression)] = []
        for (op, operand) in zip(operators, operands) {
            switch op {
            case .or: return .or([first] + operands)
            case .and: return .and([first] + operands)
            case .concatenation: return .concatenation([first] + operands)
            case .comparison(let comparison): comparisons.append((comparison, operand))
            case .arithmetic(let kind): arithmetic.append((kind, operand))
            }
        }
        return comparisons.isEmpty ? .arithmetic(first, arithmetic) : .comparison(first, comparisons)
    }

    private func peekOperator() -> (operator: Operator, precedence: Precedence, length: Int)? {
        switch current.kind {
        case .name("or"): return (.or, .or, 1)
        case .name("and"): return (.and, .and, 1)
        case .name("in"): return (.comparison(.isIn), .comparison, 1)
        case .name("not"):
            return next.kind == .name("in") ? (.comparison(.isNotIn), .comparison, 2) : nil
        case .symbol(.concatenate): return (.concatenation, .concatenation, 1)
        case .symbol(let symbol):
            if let comparison = TemplateComparison(rawValue: symbol.rawValue) {
                return (.comparison(comparison), .comparison, 1)
            }
            guard let kind = TemplateArithmetic(rawValue: symbol.rawValue) else { return nil }
            switch kind {
            case .add, .subtract: return (.arithmetic(kind), .additive, 1)
            case .multiply, .divide, .floorDivide, .modulo: return (.arithmetic(kind), .multiplicative, 1)
            case .power: return (.arithmetic(kind), .power, 1)
            }
        default: return nil
        }
    }

    private mutating func parseUnary(appliesFilters: Bool) throws(ChatTemplateError) -> TemplateExpression {
        expressionDepth += 1
        defer { expressionDepth -= 1 }
        guard expressionDepth <= depthLimit else { throw tooDeep() }
        let line = line
        var operand: TemplateExpression
        if skip(.subtract) {
            let inner = try parseUnary(appliesFilters: false)
            operand = try node(.negative(inner), line: line, children: [inner])
        } else if skip(.add) {
            let inner = try parseUnary(appliesFilters: false)
            operand = try node(.positive(inner), line: line, children: [inner])
        } else {
            operand = try parsePrimary()
        }
        operand = try parsePostfix(operand)
        return appliesFilters ? try parseFiltersAndTests(operand) : operand
    }
}
