/// Splits a template into tokens, with Jinja's whitespace control under `trim_blocks` and `lstrip_blocks`
/// (Jinja documentation, "Whitespace Control"): a newline after a block or comment is dropped, blanks between a line's
/// start and a block or comment are dropped, `-` strips all whitespace on its side and `+` switches the two off.
struct TemplateLexer {
    let scalars: [Unicode.Scalar]
    var position = 0
    var line = 1
    var tokens: [TemplateToken] = []
    /// Whether the last consumed character was a newline (or nothing was consumed yet).
    private var isAtLineStart = true

    private enum Opening { case variable, block, comment, raw }

    /// Line endings become `\n`, and one newline at the end of the template is dropped.
    init(source: String) {
        var scalars: [Unicode.Scalar] = []
        scalars.reserveCapacity(source.utf8.count)
        var previousIsReturn = false
        for scalar in source.unicodeScalars {
            if !(scalar == "\n" && previousIsReturn) { scalars.append(scalar == "\r" ? "\n" : scalar) }
            previousIsReturn = scalar == "\r"
        }
        if scalars.last == "\n" { scalars.removeLast() }
        self.scalars = scalars
    }

    mutating func tokenize() throws(ChatTemplateError) -> [TemplateToken] {
        while position < scalars.count {
            guard let (start, opening) = findOpening() else {
                emitData(from: position, to: scalars.count)
                advance(to: scalars.count)
                break
            }
            try lexTag(at: start, opening: opening)
        }
        tokens.append(TemplateToken(kind: .end, line: line))
        return tokens
    }

    // MARK: - Text and tags

    private func findOpening() -> (Int, Opening)? {
        var index = position
        while index + 1 < scalars.count {
            if scalars[index] == "{" {
                switch scalars[index + 1] {
                case "{": return (index, .variable)
                case "#": return (index, .comment)
                case "%": return (index, rawBlockEnd(at: index) == nil ? .block : .raw)
                default: break
                }
            }
            index += 1
        }
        return nil
    }

    private mutating func lexTag(at start: Int, opening: Opening) throws(ChatTemplateError) {
        emitData(
            from: position, to: dataEnd(before: start, sign: sign(at: start + 2), isVariable: opening == .variable))
        let afterSign = start + (sign(at: start + 2) == nil ? 2 : 3)
        advance(to: start)
        let openingLine = line
        switch opening {
        case .variable:
            tokens.append(TemplateToken(kind: .variableBegin, line: openingLine))
            advance(to: afterSign)
            try lexExpression(isBlock: false)
        case .block:
            tokens.append(TemplateToken(kind: .blockBegin, line: openingLine))
            advance(to: afterSign)
            try lexExpression(isBlock: true)
        case .comment:
            advance(to: afterSign)
            try skipComment(line: openingLine)
        case .raw:
            advance(to: rawBlockEnd(at: start) ?? afterSign)
            try lexRaw(line: openingLine)
        }
    }

    private func sign(at index: Int) -> Unicode.Scalar? {
        guard index < scalars.count, scalars[index] == "-" || scalars[index] == "+" else { return nil }
        return scalars[index]
    }

    /// Where the text before a tag ends once whitespace control is applied.
    private func dataEnd(before start: Int, sign: Unicode.Scalar?, isVariable: Bool) -> Int {
        var end = start
        if sign == "-" {
            while end > position, scalars[end - 1].isPythonSpace { end -= 1 }
        } else if sign == nil, !isVariable {
            while end > position, scalars[end - 1].isPythonSpace, scalars[end - 1] != "\n" { end -= 1 }
            let reachesLineStart = end > position ? scalars[end - 1] == "\n" : isAtLineStart
            if !reachesLineStart { end = start }
        }
        return end
    }

    private mutating func emitData(from start: Int, to end: Int) {
        guard end > start else { return }
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars[start..<end])
        tokens.append(TemplateToken(kind: .data(String(text)), line: line))
    }

    mutating func advance(to end: Int) {
        guard end > position else { return }
        for scalar in scalars[position..<end] where scalar == "\n" { line += 1 }
        isAtLineStart = scalars[end - 1] == "\n"
        position = end
    }

    /// Consumes the end of a tag with what whitespace control takes after it, if `closer` stands here.
    mutating func consumeClosing(_ closer: StaticString, trimsNewline: Bool, allowsPlus: Bool) -> Bool {
        guard let end = closingEnd(at: position, closer, trimsNewline: trimsNewline, allowsPlus: allowsPlus) else {
            return false
        }
        advance(to: end)
        return true
    }

    private func closingEnd(at start: Int, _ closer: StaticString, trimsNewline: Bool, allowsPlus: Bool) -> Int? {
        if matches("-", at: start), matches(closer, at: start + 1) { return skipSpace(from: start + 3) }
        if allowsPlus, matches("+", at: start), matches(closer, at: start + 1) { return start + 3 }
        guard matches(closer, at: start) else { return nil }
        let end = start + 2
        return trimsNewline && end < scalars.count && scalars[end] == "\n" ? end + 1 : end
    }

    func skipSpace(from start: Int) -> Int {
        var index = start
        while index < scalars.count, scalars[index].isPythonSpace { index += 1 }
        return index
    }

    func matches(_ text: StaticString, at index: Int) -> Bool {
        let expected = text.description.unicodeScalars
        guard index >= 0, index + expected.count <= scalars.count else { return false }
        return scalars[index..<index + expected.count].elementsEqual(expected)
    }

    // MARK: - Comments and raw blocks

    private mutating func skipComment(line openingLine: Int) throws(ChatTemplateError) {
        var index = position
        while index < scalars.count {
            if let end = closingEnd(at: index, "#}", trimsNewline: true, allowsPlus: true) { return advance(to: end) }
            index += 1
        }
        throw .syntax(line: openingLine, message: "the comment is not closed by '#}'")
    }

    /// The end of `{% raw %}` when one starts at `start`. Unlike other tags it leaves a newline after it in place.
    private func rawBlockEnd(at start: Int) -> Int? {
        var index = skipSpace(from: start + (sign(at: start + 2) == nil ? 2 : 3))
        guard matches("raw", at: index) else { return nil }
        index = skipSpace(from: index + 3)
        return closingEnd(at: index, "%}", trimsNewline: false, allowsPlus: false)
    }

    private mutating func lexRaw(line openingLine: Int) throws(ChatTemplateError) {
        var index = position
        while index < scalars.count {
            if matches("{%", at: index), let end = endRawEnd(at: index) {
                emitData(from: position, to: dataEnd(before: index, sign: sign(at: index + 2), isVariable: false))
                return advance(to: end)
            }
            index += 1
        }
        throw .syntax(line: openingLine, message: "the raw block is not closed by '{% endraw %}'")
    }

    private func endRawEnd(at start: Int) -> Int? {
        var index = skipSpace(from: start + (sign(at: start + 2) == nil ? 2 : 3))
        guard matches("endraw", at: index) else { return nil }
        index = skipSpace(from: index + 6)
        return closingEnd(at: index, "%}", trimsNewline: true, allowsPlus: true)
    }
}
