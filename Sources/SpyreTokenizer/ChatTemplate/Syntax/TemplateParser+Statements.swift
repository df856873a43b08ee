extension TemplateParser {
    /// Parses up to `{% word` for one of `words`, leaving that word as the current token; with no words, to the end.
    mutating func parseBody(until words: [String]) throws(ChatTemplateError) -> [TemplateStatement] {
        statementDepth += 1
        defer { statementDepth -= 1 }
        guard statementDepth <= depthLimit else { throw tooDeep() }
        let openingLine = token(at: index - 1).line
        var body: [TemplateStatement] = []
        while true {
            let line = line
            switch current.kind {
            case .data(let text):
                index += 1
                body.append(TemplateStatement(.text(text), line: line))
            case .variableBegin:
                index += 1
                let expression = try parseTuple()
                try expect(.variableEnd)
                body.append(TemplateStatement(.output(expression), line: line))
            case .blockBegin:
                index += 1
                if case .name(let word) = current.kind, words.contains(word) { return body }
                body.append(TemplateStatement(try parseStatement(), line: line))
                try expect(.blockEnd)
            default:
                guard words.isEmpty else {
                    let expected = words.joined(separator: "' or '")
                    throw .syntax(line: openingLine, message: "the block is not closed: expected '\(expected)'")
                }
                return body
            }
        }
    }

    /// Parses a body and the `{% endword` that closes it.
    mutating func parseBlock(_ end: String) throws(ChatTemplateError) -> [TemplateStatement] {
        try expect(.blockEnd)
        let body = try parseBody(until: [end])
        index += 1
        return body
    }

    private mutating func parseStatement() throws(ChatTemplateError) -> TemplateStatement.Kind {
        let line = line
        let word = try expectName()
        switch word {
        case "if": return try parseIf()
        case "for": return try parseFor()
        case "set": return try parseSet()
        case "macro": return try parseMacro()
        case "call": return try parseCallBlock(line: line)
        case "filter": return try parseFilterBlock()
        case "with": return try parseWith()
        case "generation": return .generation(try parseFunctionBody("endgeneration"))
        case "print": return .output(try parseTuple())
        case "break", "continue":
            guard loopDepth > 0 else { throw .syntax(line: line, message: "'\(word)' outside of a loop") }
            return word == "break" ? .breakLoop : .continueLoop
        case "include", "import", "from", "extends", "block", "autoescape", "do", "trans", "debug":
            throw .unsupported(line: line, construct: "the statement '\(word)'")
        default:
            throw .syntax(line: line, message: "unknown statement '\(word)'")
        }
    }

    private mutating func parseIf() throws(ChatTemplateError) -> TemplateStatement.Kind {
        var branches: [TemplateBranch] = []
        while true {
            let condition = try parseTuple(allowsConditional: false)
            try expect(.blockEnd)
            let body = try parseBody(until: ["elif", "else", "endif"])
            branches.append(TemplateBranch(condition: condition, body: body))
            if skip(word: "elif") { continue }
            let otherwise = skip(word: "else") ? try parseBlock("endif") : try closing("endif")
            return .conditional(branches, otherwise: otherwise)
        }
    }

    private mutating func closing(_ word: String) throws(ChatTemplateError) -> [TemplateStatement] {
        try expect(.name(word))
        return []
    }

    private mutating func parseFor() throws(ChatTemplateError) -> TemplateStatement.Kind {
        let target = try parseTarget(allowsNamespace: false, allowsLoop: false)
        try expect(.name("in"))
        let iterable = try parseTuple(allowsConditional: false, endWord: "recursive")
        let condition = skip(word: "if") ? try parseExpression() : nil
        if case .name("recursive") = current.kind {
            throw .unsupported(line: line, construct: "the recursive loop")
        }
        try expect(.blockEnd)
        loopDepth += 1
        let body = try parseBody(until: ["endfor", "else"])
        loopDepth -= 1
        let otherwise = skip(word: "else") ? try parseBlock("endfor") : try closing("endfor")
        return .loop(
            TemplateForLoop(
                target: target, iterable: iterable, condition: condition, body: body, otherwise: otherwise))
    }

    private mutating func parseSet() throws(ChatTemplateError) -> TemplateStatement.Kind {
        let target = try parseTarget(allowsNamespace: true, allowsLoop: true)
        if skip(.assign) { return .assign(target, try parseTuple()) }
        let filters = try parseFilters()
        return .assignBlock(target, filters: filters, try parseBlock("endset"))
    }

    private mutating func parseFilters() throws(ChatTemplateError) -> [TemplateAppliedFilter] {
        var filters: [TemplateAppliedFilter] = []
        while skip(.pipe) { filters.append(try parseAppliedFilter()) }
        return filters
    }

    private mutating func parseFilterBlock() throws(ChatTemplateError) -> TemplateStatement.Kind {
        let first = try parseAppliedFilter()
        let filters = [first] + (try parseFilters())
        return .filterBlock(filters, try parseBlock("endfilter"))
    }

    private mutating func parseWith() throws(ChatTemplateError) -> TemplateStatement.Kind {
        var bindings: [(target: TemplateTarget, value: TemplateExpression)] = []
        while current.kind != .blockEnd {
            if !bindings.isEmpty { try expect(.comma) }
            let target = try parseTargetItem(allowsNamespace: false, allowsLoop: true)
            try expect(.assign)
            bindings.append((target, try parseExpression()))
        }
        return .with(bindings, try parseBlock("endwith"))
    }

    // MARK: - Macros

    /// A body that is compiled as a function of its own: no `break` out of it.
    private mutating func parseFunctionBody(_ end: String) throws(ChatTemplateError) -> [TemplateStatement] {
        let outerLoops = loopDepth
        loopDepth = 0
        defer { loopDepth = outerLoops }
        return try parseBlock(end)
    }

    private mutating func parseMacro() throws(ChatTemplateError) -> TemplateStatement.Kind {
        let name = try parseTargetName()
        try expect(.openParenthesis)
        return .macro(try parseMacro(named: name, end: "endmacro"))
    }

    private mutating func parseCallBlock(line: Int) throws(ChatTemplateError) -> TemplateStatement.Kind {
        let parameters = skip(.openParenthesis) ? try parseParameters() : []
        let call = try parseExpression()
        guard case .call = call.kind else { throw .syntax(line: line, message: "'call' expects a call of a macro") }
        return .callBlock(call, caller: try parseMacroBody(named: "caller", parameters: parameters, end: "endcall"))
    }

    private mutating func parseMacro(named name: String, end: String) throws(ChatTemplateError) -> TemplateMacro {
        try parseMacroBody(named: name, parameters: try parseParameters(), end: end)
    }

    private mutating func parseMacroBody(
        named name: String, parameters: [TemplateMacro.Parameter], end: String
    ) throws(ChatTemplateError) -> TemplateMacro {
        let outerNames = specialNames
        specialNames = []
        let body = try parseFunctionBody(end)
        let used = specialNames.subtracting(parameters.map(\.text))
        specialNames = outerNames.union(used)
        return TemplateMacro(
            name: name, nameID: identifier(name), parameters: parameters, body: body,
            takesVarargs: used.contains("varargs"), takesKwargs: used.contains("kwargs"),
            takesCaller: used.contains("caller"))
    }

    /// Parameters after the opening parenthesis.
    private mutating func parseParameters() throws(ChatTemplateError) -> [TemplateMacro.Parameter] {
        var parameters: [TemplateMacro.Parameter] = []
        while !skip(.closeParenthesis) {
            if !parameters.isEmpty { try expect(.comma) }
            let name = try parseTargetName()
            guard parameters.count < Self.argumentLimit else {
                throw .unsupported(line: line, construct: "a macro with more than \(Self.argumentLimit) parameters")
            }
            guard !parameters.contains(where: { $0.text == name }) else {
                throw syntax("the parameter '\(name)' appears twice")
            }
            let value = skip(.assign) ? try parseExpression() : nil
            guard value != nil || parameters.last?.defaultValue == nil else {
                throw syntax("the parameter '\(name)' without a default follows one with a default")
            }
            parameters.append(.init(name: identifier(name), text: name, defaultValue: value))
        }
        return parameters
    }

    // MARK: - Targets

    mutating func parseTargetName() throws(ChatTemplateError) -> String {
        let line = line
        let name = try expectName()
        guard !["true", "false", "none", "True", "False", "None"].contains(name) else {
            throw .syntax(line: line, message: "cannot assign to '\(name)'")
        }
        return name
    }

    private mutating func parseTarget(
        allowsNamespace: Bool, allowsLoop: Bool
    ) throws(ChatTemplateError) -> TemplateTarget {
        let first = try parseTargetItem(allowsNamespace: allowsNamespace, allowsLoop: allowsLoop)
        guard current.kind == .symbol(.comma) else { return first }
        var items = [first]
        while skip(.comma) {
            switch current.kind {
            case .name("in"), .symbol(.assign), .symbol(.closeParenthesis), .blockEnd: return .tuple(items)
            default: items.append(try parseTargetItem(allowsNamespace: allowsNamespace, allowsLoop: allowsLoop))
            }
        }
        return .tuple(items)
    }

    private mutating func parseTargetItem(
        allowsNamespace: Bool, allowsLoop: Bool
    ) throws(ChatTemplateError) -> TemplateTarget {
        if skip(.openParenthesis) {
            expressionDepth += 1
            defer { expressionDepth -= 1 }
            guard expressionDepth <= depthLimit else { throw tooDeep() }
            let target = try parseTarget(allowsNamespace: allowsNamespace, allowsLoop: allowsLoop)
            try expect(.closeParenthesis)
            return target
        }
        let name = try parseTargetName()
        if allowsNamespace, skip(.dot) {
            return .namespaceAttribute(load(name), try expectName())
        }
        guard allowsLoop || name != "loop" else { throw syntax("'loop' cannot be a loop's own variable") }
        return .name(identifier(name))
    }
}
