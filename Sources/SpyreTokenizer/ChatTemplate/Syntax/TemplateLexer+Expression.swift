extension TemplateLexer {
    /// Lexes up to and including the end of a `{{ }}` or `{% %}` tag. The end is only looked for outside of brackets.
    mutating func lexExpression(isBlock: Bool) throws(ChatTemplateError) {
        let openingLine = line
        var expectedClosings: [TemplateSymbol] = []
        while position < scalars.count {
            if expectedClosings.isEmpty {
                let end = TemplateToken(kind: isBlock ? .blockEnd : .variableEnd, line: line)
                if consumeClosing(isBlock ? "%}" : "}}", trimsNewline: isBlock, allowsPlus: isBlock) {
                    return tokens.append(end)
                }
            }
            try lexExpressionToken(&expectedClosings)
        }
        throw .syntax(line: openingLine, message: "the tag is not closed by '\(isBlock ? "%}" : "}}")'")
    }

    private mutating func lexExpressionToken(
        _ expectedClosings: inout [TemplateSymbol]
    ) throws(ChatTemplateError) {
        let first = scalars[position]
        if first.isPythonSpace {
            advance(to: skipSpace(from: position))
        } else if first.isASCIIDigit {
            try lexNumber()
        } else if first.isPythonWord {
            try lexName()
        } else if first == "'" || first == "\"" {
            try lexString(quote: first)
        } else if let symbol = TemplateSymbol.allCases.first(where: { matches($0) }) {
            try balance(symbol, &expectedClosings)
            tokens.append(TemplateToken(kind: .symbol(symbol), line: line))
            advance(to: position + symbol.rawValue.unicodeScalars.count)
        } else {
            throw .syntax(line: line, message: "unexpected character '\(first.escaped(asASCII: false))'")
        }
    }

    private func matches(_ symbol: TemplateSymbol) -> Bool {
        scalars[position...].starts(with: symbol.rawValue.unicodeScalars)
    }

    private func balance(
        _ symbol: TemplateSymbol, _ expectedClosings: inout [TemplateSymbol]
    ) throws(ChatTemplateError) {
        if let closing = symbol.closing {
            expectedClosings.append(closing)
        } else if symbol.isClosing {
            guard let expected = expectedClosings.popLast() else {
                throw .syntax(line: line, message: "unexpected '\(symbol.rawValue)'")
            }
            guard expected == symbol else {
                throw .syntax(
                    line: line, message: "unexpected '\(symbol.rawValue)', expected '\(expected.rawValue)'")
            }
        }
    }

    private mutating func lexName() throws(ChatTemplateError) {
        var end = position
        while end < scalars.count, scalars[end].isPythonWord { end += 1 }
        let name = text(position..<end)
        guard scalars[position] == "_" || scalars[position].properties.isXIDStart else {
            throw .syntax(line: line, message: "invalid character in the name '\(name)'")
        }
        tokens.append(TemplateToken(kind: .name(name), line: line))
        advance(to: end)
    }

    private func text(_ range: Range<Int>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars[range])
        return String(view)
    }

    // MARK: - Numbers

    private mutating func lexNumber() throws(ChatTemplateError) {
        let start = position
        var end = digitsEnd(from: start, radix: 10)
        let isAfterDot = start > 0 && scalars[start - 1] == "."
        var isFloat = false
        if !isAfterDot, end + 1 < scalars.count, scalars[end] == ".", scalars[end + 1].isASCIIDigit {
            isFloat = true
            end = digitsEnd(from: end + 1, radix: 10)
        }
        if !isAfterDot, let exponentEnd = exponentEnd(from: end) {
            isFloat = true
            end = exponentEnd
        }
        let kind: TemplateToken.Kind? = isFloat ? float(start..<end) : integer(from: start, end: &end)
        guard let kind else {
            throw .unsupported(line: line, construct: "the number '\(text(start..<end))' (beyond 64 bits)")
        }
        tokens.append(TemplateToken(kind: kind, line: line))
        advance(to: end)
    }

    private func float(_ range: Range<Int>) -> TemplateToken.Kind? {
        Double(text(range).filter { $0 != "_" }).map { .float($0) }
    }

    /// Decimal numbers do not start with a zero: `012` is the two numbers `0` and `12`, as in Jinja.
    private func integer(from start: Int, end: inout Int) -> TemplateToken.Kind? {
        if scalars[start] == "0" {
            let radixes: [(Unicode.Scalar, Int)] = [("x", 16), ("o", 8), ("b", 2)]
            if start + 1 < scalars.count {
                let marker = scalars[start + 1].properties.lowercaseMapping
                for (letter, radix) in radixes where marker == String(letter) {
                    let digits = digitsEnd(from: start + 2, radix: radix)
                    guard digits > start + 2 else { break }
                    end = digits
                    return Int(text(start + 2..<end).filter { $0 != "_" }, radix: radix).map { .integer($0) }
                }
            }
            end = start + 1
            while end < scalars.count, scalars[end] == "0" { end += 1 }
            return .integer(0)
        }
        return Int(text(start..<end).filter { $0 != "_" }).map { .integer($0) }
    }

    /// Digits, with single underscores between them.
    private func digitsEnd(from start: Int, radix: Int) -> Int {
        var end = start
        while end < scalars.count {
            let isSeparator = scalars[end] == "_" && end + 1 < scalars.count
            let digit = scalars[isSeparator ? end + 1 : end]
            guard digit.isASCII, let value = Character(digit).hexDigitValue, value < radix else { break }
            guard !isSeparator || end > start || radix != 10 else { break }
            end += isSeparator ? 2 : 1
        }
        return end
    }

    private func exponentEnd(from start: Int) -> Int? {
        guard start < scalars.count, scalars[start] == "e" || scalars[start] == "E" else { return nil }
        var digits = start + 1
        if digits < scalars.count, scalars[digits] == "+" || scalars[digits] == "-" { digits += 1 }
        let end = digitsEnd(from: digits, radix: 10)
        return end > digits ? end : nil
    }

    // MARK: - Strings

    private mutating func lexString(quote: Unicode.Scalar) throws(ChatTemplateError) {
        let openingLine = line
        var view = String.UnicodeScalarView()
        var index = position + 1
        while index < scalars.count, scalars[index] != quote {
            if scalars[index] == "\\" {
                index += 1
                try appendEscape(to: &view, at: &index)
            } else {
                view.append(scalars[index])
                index += 1
            }
        }
        guard index < scalars.count else { throw .syntax(line: openingLine, message: "the string is not closed") }
        tokens.append(TemplateToken(kind: .string(String(view)), line: openingLine))
        advance(to: index + 1)
    }

    /// Appends what an escape stands for (Python's rules for string literals); `index` is after the backslash.
    private func appendEscape(
        to view: inout String.UnicodeScalarView, at index: inout Int
    ) throws(ChatTemplateError) {
        guard index < scalars.count else { return }
        let escaped = scalars[index]
        index += 1
        switch escaped {
        case "\n": break
        case "\\", "'", "\"": view.append(escaped)
        case "a": view.append("\u{07}")
        case "b": view.append("\u{08}")
        case "f": view.append("\u{0C}")
        case "n": view.append("\n")
        case "r": view.append("\r")
        case "t": view.append("\t")
        case "v": view.append("\u{0B}")
        case "x": view.append(try hexEscape(digits: 2, at: &index))
        case "u": view.append(try hexEscape(digits: 4, at: &index))
        case "U": view.append(try hexEscape(digits: 8, at: &index))
        case "N": throw .unsupported(line: line, construct: "the string escape '\\N'")
        case "0"..."7": view.append(octalEscape(first: escaped, at: &index))
        default:
            view.append("\\")
            view.append(escaped)
        }
    }

    private func hexEscape(digits: Int, at index: inout Int) throws(ChatTemplateError) -> Unicode.Scalar {
        var value: UInt32 = 0
        for _ in 0..<digits {
            guard index < scalars.count, scalars[index].isASCII, let digit = Character(scalars[index]).hexDigitValue
            else { throw .syntax(line: line, message: "a string escape needs \(digits) hex digits") }
            value = value << 4 | UInt32(digit)
            index += 1
        }
        guard let scalar = Unicode.Scalar(value) else {
            throw .syntax(line: line, message: "a string escape names a surrogate or no code point")
        }
        return scalar
    }

    private func octalEscape(first: Unicode.Scalar, at index: inout Int) -> Unicode.Scalar {
        var value = first.value - 0x30
        var count = 1
        while count < 3, index < scalars.count, ("0"..."7").contains(scalars[index]) {
            value = value << 3 | (scalars[index].value - 0x30)
            index += 1
            count += 1
        }
        return Unicode.Scalar(value) ?? "\u{FFFD}"
    }
}
