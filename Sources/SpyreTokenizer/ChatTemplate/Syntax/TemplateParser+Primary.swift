extension TemplateParser {
    mutating func parsePrimary() throws(ChatTemplateError) -> TemplateExpression {
        let token = current
        switch token.kind {
        case .name(let name):
            index += 1
            // Apart from the call of `node`, which would hold a copy of the parser and make this one copy its tables.
            let kind = nameKind(name)
            return try node(kind, line: token.line)
        case .string(var text):
            index += 1
            while case .string(let more) = current.kind {
                text += more
                index += 1
            }
            if current.kind == .symbol(.modulo) {
                throw .unsupported(line: token.line, construct: "formatting a string with '%'")
            }
            return try node(.string(text), line: token.line)
        case .integer(let value):
            index += 1
            return try node(.int(value), line: token.line)
        case .float(let value):
            index += 1
            return try node(.double(value), line: token.line)
        case .symbol(.openParenthesis):
            index += 1
            let value = try parseTuple(isParenthesised: true)
            try expect(.closeParenthesis)
            return value
        case .symbol(.openBracket): return try parseList()
        case .symbol(.openBrace): return try parseMapping()
        default: throw syntax("expected an expression, found \(token.kind)")
        }
    }

    private mutating func nameKind(_ name: String) -> TemplateExpression.Kind {
        switch name {
        case "true", "True": return .bool(true)
        case "false", "False": return .bool(false)
        case "none", "None": return .none
        default:
            return .name(load(name))
        }
    }

    private mutating func parseList() throws(ChatTemplateError) -> TemplateExpression {
        let line = line
        index += 1
        var items: [TemplateExpression] = []
        while current.kind != .symbol(.closeBracket) {
            items.append(try parseExpression())
            guard skip(.comma) else { break }
        }
        try expect(.closeBracket)
        return try node(.list(items), line: line, children: items)
    }

    private mutating func parseMapping() throws(ChatTemplateError) -> TemplateExpression {
        let line = line
        index += 1
        var pairs: [(key: TemplateExpression, value: TemplateExpression)] = []
        while current.kind != .symbol(.closeBrace) {
            let key = try parseExpression()
            try expect(.colon)
            pairs.append((key, try parseExpression()))
            guard skip(.comma) else { break }
        }
        try expect(.closeBrace)
        return try node(.mapping(pairs), line: line, children: pairs.flatMap { [$0.key, $0.value] })
    }

    // MARK: - What follows an operand

    /// Attributes, subscripts and calls.
    mutating func parsePostfix(_ operand: TemplateExpression) throws(ChatTemplateError) -> TemplateExpression {
        var value = operand
        while true {
            switch current.kind {
            case .symbol(.dot): value = try parseAttribute(of: value)
            case .symbol(.openBracket): value = try parseSubscript(of: value)
            case .symbol(.openParenthesis): value = try parseCall(of: value)
            default: return value
            }
        }
    }

    mutating func parseFiltersAndTests(
        _ operand: TemplateExpression
    ) throws(ChatTemplateError) -> TemplateExpression {
        var value = operand
        while true {
            switch current.kind {
            case .symbol(.pipe):
                index += 1
                let applied = try parseAppliedFilter()
                value = try node(
                    .filter(value, applied.filter, applied.arguments), line: applied.line,
                    children: [value] + applied.arguments.expressions)
            case .name("is"): value = try parseTest(of: value)
            case .symbol(.openParenthesis): value = try parseCall(of: value)
            default: return value
            }
        }
    }

    private mutating func parseAttribute(of value: TemplateExpression) throws(ChatTemplateError) -> TemplateExpression {
        let line = line
        index += 1
        if case .integer(let position) = current.kind {
            index += 1
            let item = try node(.int(position), line: line)
            return try node(.item(value, item), line: line, children: [value])
        }
        return try node(.attribute(value, try expectName()), line: line, children: [value])
    }

    private mutating func parseCall(of value: TemplateExpression) throws(ChatTemplateError) -> TemplateExpression {
        let line = line
        let arguments = try parseArguments()
        return try node(.call(value, arguments), line: line, children: [value] + arguments.expressions)
    }

    private mutating func parseSubscript(of value: TemplateExpression) throws(ChatTemplateError) -> TemplateExpression {
        let line = line
        index += 1
        let start = current.kind == .symbol(.colon) ? nil : try parseExpression()
        if let start, skip(.closeBracket) {
            return try node(.item(value, start), line: line, children: [value, start])
        }
        if current.kind == .symbol(.comma) { throw .unsupported(line: line, construct: "a subscript with a comma") }
        try expect(.colon)
        let stop = try parseSliceBound()
        let step = skip(.colon) ? try parseSliceBound() : nil
        if current.kind == .symbol(.comma) { throw .unsupported(line: line, construct: "a subscript with a comma") }
        try expect(.closeBracket)
        return try node(
            .slice(value, start: start, stop: stop, step: step), line: line,
            children: [value] + [start, stop, step].compactMap { $0 })
    }

    private mutating func parseSliceBound() throws(ChatTemplateError) -> TemplateExpression? {
        switch current.kind {
        case .symbol(.colon), .symbol(.closeBracket), .symbol(.comma): return nil
        default: return try parseExpression()
        }
    }

    // MARK: - Calls, filters and tests

    private mutating func parseArguments() throws(ChatTemplateError) -> TemplateArguments {
        try expect(.openParenthesis)
        var arguments = TemplateArguments()
        while current.kind != .symbol(.closeParenthesis) {
            try parseArgument(into: &arguments)
            guard skip(.comma) else { break }
        }
        try expect(.closeParenthesis)
        return arguments
    }

    private mutating func parseArgument(into arguments: inout TemplateArguments) throws(ChatTemplateError) {
        guard arguments.positional.count + arguments.keyword.count < Self.argumentLimit else {
            throw .unsupported(line: line, construct: "a call with more than \(Self.argumentLimit) arguments")
        }
        if current.kind == .symbol(.multiply), arguments.unpackedList == nil, arguments.unpackedMapping == nil {
            index += 1
            arguments.unpackedList = try parseExpression()
        } else if current.kind == .symbol(.power), arguments.unpackedMapping == nil {
            index += 1
            arguments.unpackedMapping = try parseExpression()
        } else if case .name(let name) = current.kind, next.kind == .symbol(.assign) {
            guard arguments.unpackedMapping == nil else { throw syntax("an argument follows '**'") }
            guard !arguments.keyword.contains(where: { $0.name == name }) else {
                throw syntax("the argument '\(name)' is given twice")
            }
            index += 2
            arguments.keyword.append((name, try parseExpression()))
        } else {
            guard arguments.unpackedList == nil, arguments.unpackedMapping == nil, arguments.keyword.isEmpty else {
                throw syntax("a positional argument follows a keyword argument")
            }
            arguments.positional.append(try parseExpression())
        }
    }

    private mutating func parseDottedName() throws(ChatTemplateError) -> String {
        var name = try expectName()
        while skip(.dot) { name += "." + (try expectName()) }
        return name
    }

    /// A filter's name and arguments, after the `|`.
    mutating func parseAppliedFilter() throws(ChatTemplateError) -> TemplateAppliedFilter {
        let line = line
        let name = try parseDottedName()
        guard let filter = TemplateFilter(name: name) else {
            throw .unsupported(line: line, construct: "the filter '\(name)'")
        }
        let arguments = current.kind == .symbol(.openParenthesis) ? try parseArguments() : TemplateArguments()
        return TemplateAppliedFilter(filter: filter, arguments: arguments, line: line)
    }

    private mutating func parseTest(of value: TemplateExpression) throws(ChatTemplateError) -> TemplateExpression {
        let line = line
        index += 1
        let isNegated = skip(word: "not")
        let name = try parseDottedName()
        guard let test = TemplateTest(name: name) else {
            throw .unsupported(line: line, construct: "the test '\(name)'")
        }
        let arguments = try parseTestArguments()
        let result = try node(.test(value, test, arguments), line: line, children: [value] + arguments.expressions)
        return isNegated ? try node(.not(result), line: line, children: [result]) : result
    }

    /// A test takes arguments in parentheses, or one operand after its name: `x is divisibleby 3`.
    private mutating func parseTestArguments() throws(ChatTemplateError) -> TemplateArguments {
        switch current.kind {
        case .symbol(.openParenthesis): return try parseArguments()
        case .name("else"), .name("or"), .name("and"): return TemplateArguments()
        case .name("is"): throw syntax("tests cannot be chained with 'is'")
        case .name, .string, .integer, .float, .symbol(.openBracket), .symbol(.openBrace):
            return TemplateArguments(positional: [try parsePostfix(try parsePrimary())])
        default: return TemplateArguments()
        }
    }
}
