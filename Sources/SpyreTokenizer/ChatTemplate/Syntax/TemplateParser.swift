/// Recursive-descent parser from tokens to a `TemplateProgram`. The grammar is that of the Jinja documentation; the
/// depth of every recursion is counted and limited.
struct TemplateParser {
    let tokens: [TemplateToken]
    let depthLimit: Int
    var index = 0
    var expressionDepth = 0
    var statementDepth = 0
    /// How many loops of the current function surround the current statement: where `break` may stand.
    var loopDepth = 0
    var names: [String] = []
    var nameIDs: [CodePointString: Int] = [:]
    /// Which of the special names of macros were read since the innermost macro began.
    var specialNames: Set<String> = []
    static let macroSpecials: Set<String> = ["varargs", "kwargs", "caller"]
    /// The most arguments of a call and parameters of a macro.
    static let argumentLimit = 255

    init(tokens: [TemplateToken], depthLimit: Int) {
        self.tokens = tokens
        self.depthLimit = depthLimit
    }

    mutating func parseProgram() throws(ChatTemplateError) -> TemplateProgram {
        let body = try parseBody(until: [])
        return TemplateProgram(body: body, names: names, nameIDs: nameIDs)
    }

    // MARK: - Tokens

    var current: TemplateToken { token(at: index) }
    var next: TemplateToken { token(at: index + 1) }
    var line: Int { current.line }

    /// The lexer ends every stream with `.end`; beyond it there are only more of them.
    func token(at position: Int) -> TemplateToken {
        guard tokens.indices.contains(position) else { return TemplateToken(kind: .end, line: tokens.last?.line ?? 1) }
        return tokens[position]
    }

    mutating func skip(_ kind: TemplateToken.Kind) -> Bool {
        guard current.kind == kind else { return false }
        index += 1
        return true
    }

    mutating func skip(_ symbol: TemplateSymbol) -> Bool { skip(.symbol(symbol)) }

    mutating func skip(word: String) -> Bool { skip(.name(word)) }

    mutating func expect(_ kind: TemplateToken.Kind) throws(ChatTemplateError) {
        guard skip(kind) else { throw syntax("expected \(kind), found \(current.kind)") }
    }

    mutating func expect(_ symbol: TemplateSymbol) throws(ChatTemplateError) { try expect(.symbol(symbol)) }

    mutating func expectName() throws(ChatTemplateError) -> String {
        guard case .name(let name) = current.kind else { throw syntax("expected a name, found \(current.kind)") }
        index += 1
        return name
    }

    func syntax(_ message: String) -> ChatTemplateError { .syntax(line: line, message: message) }

    // MARK: - Nodes

    func tooDeep() -> ChatTemplateError { .limitExceeded(line: line, limit: .nesting, maximum: depthLimit) }

    mutating func identifier(_ name: String) -> Int {
        let key = CodePointString(name)
        if let known = nameIDs[key] { return known }
        nameIDs[key] = names.count
        names.append(name)
        return names.count - 1
    }

    /// Notes that the template reads `name`.
    mutating func load(_ name: String) -> Int {
        if Self.macroSpecials.contains(name) { specialNames.insert(name) }
        return identifier(name)
    }

    func node(
        _ kind: TemplateExpression.Kind, line: Int, children: [TemplateExpression] = []
    ) throws(ChatTemplateError) -> TemplateExpression {
        let depth = 1 + (children.lazy.map(\.depth).max() ?? 0)
        guard depth <= depthLimit else { throw .limitExceeded(line: line, limit: .nesting, maximum: depthLimit) }
        return TemplateExpression(kind, line: line, depth: depth)
    }
}
