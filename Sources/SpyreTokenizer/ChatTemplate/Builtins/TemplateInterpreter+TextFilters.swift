extension TemplateInterpreter {
    func applyText(
        _ filter: TemplateFilter, to value: TemplateObject, _ arguments: TemplateCallArguments
    ) throws(ChatTemplateError) -> TemplateObject {
        switch filter {
        case .indent: return try indent(value, arguments)
        case .replace: return try replace(value, arguments)
        case .tojson: return try tojson(value, arguments)
        case .trim:
            let bound = try bind(arguments, ["chars"], "trim")
            return try checked(try text(of: value).pythonStripped(try characters(bound[0]), .both))
        default: break
        }
        try expectNoArguments(arguments, filter)
        let text = try text(of: value)
        try charge(bytes: text.utf8.count)
        switch filter {
        case .capitalize: return try checked(text.pythonCapitalized)
        case .escape:
            if case .markup = value { return value }
            return .markup(text.htmlEscaped)
        case .lower: return try checked(text.pythonLowercased)
        case .title: return try checked(titled(text))
        case .upper: return try checked(text.uppercased())
        case .safe: return .markup(text)
        default: return try checked(text)
        }
    }

    /// A set of characters to strip; nil stands for whitespace.
    func characters(_ value: TemplateObject?) throws(ChatTemplateError) -> Set<Unicode.Scalar>? {
        guard let value, !value.isNone else { return nil }
        return Set(try string(value, "strip").unicodeScalars)
    }

    /// Jinja's `title`: words start after blanks, hyphens and opening brackets, so "it's" stays one word.
    private func titled(_ text: String) -> String {
        var result = ""
        var word = String.UnicodeScalarView()
        func flush() {
            let first = String(word.prefix(1)).uppercased()
            result += first + String(word.dropFirst()).pythonLowercased
            word = String.UnicodeScalarView()
        }
        for scalar in text.unicodeScalars {
            if scalar.isPythonSpace || "-({[<".unicodeScalars.contains(scalar) {
                flush()
                result.unicodeScalars.append(scalar)
            } else {
                word.append(scalar)
            }
        }
        flush()
        return result
    }

    private func replace(
        _ value: TemplateObject, _ arguments: TemplateCallArguments
    ) throws(ChatTemplateError) -> TemplateObject {
        let bound = try bind(arguments, ["old", "new", "count"], required: 2, "replace")
        let count = bound[2].map(\.isNone) ?? true ? -1 : try integer(bound[2], default: -1, "replace")
        let old = try text(of: bound[0] ?? .none)
        let new = try text(of: bound[1] ?? .none)
        return .string(try replacing(old, with: new, in: try text(of: value), count: count))
    }

    /// Python's `str.replace`; an empty `old` matches between all characters. A negative count replaces all.
    func replacing(_ old: String, with new: String, in text: String, count: Int) throws(ChatTemplateError) -> String {
        let bytes = Array(text.utf8)
        try charge(bytes: bytes.count + old.utf8.count)
        let limit = count < 0 ? Int.max : count
        let positions =
            old.isEmpty
            ? Array(boundaries(of: bytes).prefix(limit)) : TemplateTextSearch(old).occurrences(in: bytes, limit: limit)
        let (added, overflow) = positions.count.multipliedReportingOverflow(by: new.utf8.count)
        try check(length: overflow ? .max : bytes.count - positions.count * old.utf8.count + added)
        var result: [UInt8] = []
        var start = 0
        for position in positions {
            result += bytes[start..<position]
            result += new.utf8
            start = position + old.utf8.count
        }
        result += bytes[start...]
        try charge(bytes: result.count)
        return String(decoding: result, as: UTF8.self)
    }

    /// Offsets at which a character starts, and the end.
    private func boundaries(of bytes: [UInt8]) -> [Int] {
        bytes.indices.filter { bytes[$0] & 0xC0 != 0x80 } + [bytes.count]
    }

    private func indent(
        _ value: TemplateObject, _ arguments: TemplateCallArguments
    ) throws(ChatTemplateError) -> TemplateObject {
        let bound = try bind(arguments, ["width", "first", "blank"], "indent")
        let source = try string(value, "indent")
        let indentation: String
        if case .string(let text)? = bound[0] {
            indentation = text
        } else {
            indentation = try spaces(try integer(bound[0], default: 4, "indent"))
        }
        let indentsBlank = bound[2]?.isTrue ?? false
        var result = bound[1]?.isTrue ?? false ? indentation : ""
        // Jinja ends the text with a newline first, so that a trailing one opens an (empty) last line.
        for (index, line) in (source + "\n").pythonLines(keepsEnds: false).enumerated() {
            if index > 0 {
                try append("\n", to: &result)
                if indentsBlank || !line.isEmpty { try append(indentation, to: &result) }
            }
            try append(line, to: &result)
        }
        return .string(result)
    }

    func spaces(_ count: Int) throws(ChatTemplateError) -> String {
        try check(length: count)
        try charge(bytes: max(0, count))
        return String(repeating: " ", count: max(0, count))
    }

    /// The `tojson` that transformers installs: `json.dumps` without HTML escapes.
    private func tojson(
        _ value: TemplateObject, _ arguments: TemplateCallArguments
    ) throws(ChatTemplateError) -> TemplateObject {
        let names = ["ensure_ascii", "indent", "separators", "sort_keys"]
        let bound = try bind(arguments, names, "tojson")
        var style = TemplateJSONStyle()
        style.isASCII = bound[0]?.isTrue ?? false
        style.sortsKeys = bound[3]?.isTrue ?? false
        if let indent = bound[1], !indent.isNone {
            style.itemSeparator = ","
            if case .string(let text) = indent {
                style.indent = text
            } else {
                style.indent = try spaces(try integer(indent, default: 0, "tojson"))
            }
        }
        if let separators = bound[2], !separators.isNone {
            let pair = try elements(of: separators)
            guard pair.count == 2 else { throw fail("'separators' needs two strings") }
            style.itemSeparator = try string(pair[0], "separators")
            style.keySeparator = try string(pair[1], "separators")
        }
        return .string(try json(of: value, style: style))
    }
}
