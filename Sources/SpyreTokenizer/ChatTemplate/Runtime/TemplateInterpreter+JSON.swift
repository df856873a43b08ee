extension TemplateInterpreter {
    func json(of value: TemplateObject, style: TemplateJSONStyle) throws(ChatTemplateError) -> String {
        var result = ""
        try appendJSON(value, style, to: &result, depth: 0)
        return result
    }

    private func appendJSON(
        _ value: TemplateObject, _ style: TemplateJSONStyle, to result: inout String, depth: Int
    ) throws(ChatTemplateError) {
        switch value {
        case .none: try append("null", to: &result)
        case .bool(let value): try append(value ? "true" : "false", to: &result)
        case .int(let value): try append(String(value), to: &result)
        case .double(let value): try append(jsonNumber(value), to: &result)
        case .string(let text), .markup(let text): try append(quoted(text, style), to: &result)
        case .sequence(let sequence) where sequence.kind == .list || sequence.kind == .tuple:
            let brackets = (open: "[", close: "]")
            try appendJSON(sequence.items.count, brackets, style, to: &result, depth: depth) {
                (index: Int, result: inout String) throws(ChatTemplateError) in
                try self.appendJSON(sequence.items[index], style, to: &result, depth: depth + 1)
            }
        case .mapping(let mapping): try appendJSON(mapping, style, to: &result, depth: depth)
        case .undefined(let undefined): throw fail("'tojson' got an undefined value: \(undefined.message)")
        default: throw fail("'tojson' cannot represent a \(value.typeName)")
        }
    }

    private func appendJSON(
        _ mapping: TemplateDictionary, _ style: TemplateJSONStyle, to result: inout String, depth: Int
    ) throws(ChatTemplateError) {
        var entries = Array(zip(mapping.keys, mapping.values))
        if style.sortsKeys { entries = try sorted(entries) { $0.0 } }
        let brackets = (open: "{", close: "}")
        try appendJSON(entries.count, brackets, style, to: &result, depth: depth) {
            (index: Int, result: inout String) throws(ChatTemplateError) in
            try self.append(self.quoted(self.jsonKey(entries[index].0), style), to: &result)
            try self.append(style.keySeparator, to: &result)
            try self.appendJSON(entries[index].1, style, to: &result, depth: depth + 1)
        }
    }

    /// Brackets, separators and indentation around `count` elements.
    private func appendJSON(
        _ count: Int, _ brackets: (open: String, close: String), _ style: TemplateJSONStyle,
        to result: inout String, depth: Int,
        element: (Int, inout String) throws(ChatTemplateError) -> Void
    ) throws(ChatTemplateError) {
        try append(brackets.open, to: &result)
        for index in 0..<count {
            if index > 0 { try append(style.itemSeparator, to: &result) }
            try appendLineBreak(style, depth: depth + 1, to: &result)
            try element(index, &result)
        }
        if count > 0 { try appendLineBreak(style, depth: depth, to: &result) }
        try append(brackets.close, to: &result)
    }

    private func appendLineBreak(
        _ style: TemplateJSONStyle, depth: Int, to result: inout String
    ) throws(ChatTemplateError) {
        guard let indent = style.indent else { return }
        try append("\n", to: &result)
        for _ in 0..<depth { try append(indent, to: &result) }
    }

    private func jsonNumber(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Infinity" : "Infinity" }
        return value.pythonDescription
    }

    private func jsonKey(_ key: TemplateObject) throws(ChatTemplateError) -> String {
        switch key {
        case .string(let text), .markup(let text): return text
        case .none: return "null"
        case .bool(let value): return value ? "true" : "false"
        case .int(let value): return String(value)
        case .double(let value): return jsonNumber(value)
        default: throw fail("'tojson' cannot use a \(key.typeName) as a key")
        }
    }

    private func quoted(_ text: String, _ style: TemplateJSONStyle) throws(ChatTemplateError) -> String {
        try charge(bytes: text.utf8.count)
        var result = "\""
        result.reserveCapacity(text.utf8.count + 2)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case "\u{08}": result += "\\b"
            case "\u{0C}": result += "\\f"
            default:
                if scalar.value < 0x20 || (style.isASCII && scalar.value >= 0x7F) {
                    for unit in String(Character(scalar)).utf16 { result += jsonEscape(unit) }
                } else {
                    result.unicodeScalars.append(scalar)
                }
            }
        }
        return result + "\""
    }

    private func jsonEscape(_ unit: UInt16) -> String {
        let digits = String(unit, radix: 16)
        return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }
}
