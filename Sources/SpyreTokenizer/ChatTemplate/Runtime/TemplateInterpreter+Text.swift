extension TemplateInterpreter {
    /// Python's `str(value)`, with which Jinja prints.
    func text(of value: TemplateObject) throws(ChatTemplateError) -> String {
        switch value {
        case .string(let text), .markup(let text): return text
        case .undefined: return ""
        default: return try repr(of: value)
        }
    }

    /// Python's `repr(value)`.
    func repr(of value: TemplateObject) throws(ChatTemplateError) -> String {
        var result = ""
        try appendRepr(of: value, to: &result, depth: 0)
        return result
    }

    private func appendRepr(
        of value: TemplateObject, to result: inout String, depth: Int
    ) throws(ChatTemplateError) {
        guard depth <= limits.valueDepth else {
            throw .limitExceeded(line: line, limit: .valueDepth, maximum: limits.valueDepth)
        }
        switch value {
        case .undefined: try append("Undefined", to: &result)
        case .none: try append("None", to: &result)
        case .bool(let value): try append(value ? "True" : "False", to: &result)
        case .int(let value): try append(String(value), to: &result)
        case .double(let value): try append(value.pythonDescription, to: &result)
        case .string(let text): try append(text.pythonQuoted, to: &result)
        case .markup(let text): try append("Markup(\(text.pythonQuoted))", to: &result)
        case .sequence(let sequence): try appendRepr(of: sequence, to: &result, depth: depth)
        case .mapping(let mapping):
            let entries = Array(zip(mapping.keys, mapping.values))
            try appendRepr(of: entries, to: &result, depth: depth)
        case .namespace(let namespace):
            try append("<Namespace ", to: &result)
            let entries = namespace.attributes.map { (TemplateObject.string($0.name.text), $0.value) }
            try appendRepr(of: entries, to: &result, depth: depth)
            try append(">", to: &result)
        case .loop(let loop):
            try append("<LoopContext \(loop.index0 + 1)/\(try loop.length())>", to: &result)
        case .macro(let macro): try append("<Macro '\(macro.definition.name)'>", to: &result)
        case .generator: throw fail("a generator cannot be printed: apply the filter 'list' first")
        case .method, .function: throw fail("a \(value.typeName) cannot be printed: call it")
        }
    }

    private func appendRepr(
        of entries: [(TemplateObject, TemplateObject)], to result: inout String, depth: Int
    ) throws(ChatTemplateError) {
        try append("{", to: &result)
        for (index, (key, value)) in entries.enumerated() {
            if index > 0 { try append(", ", to: &result) }
            try appendRepr(of: key, to: &result, depth: depth + 1)
            try append(": ", to: &result)
            try appendRepr(of: value, to: &result, depth: depth + 1)
        }
        try append("}", to: &result)
    }

    private func appendRepr(
        of sequence: TemplateSequence, to result: inout String, depth: Int
    ) throws(ChatTemplateError) {
        if let range = sequence.range { return try append(range.text, to: &result) }
        let isTuple = sequence.kind == .tuple
        if sequence.kind.isView { try append(sequence.kind.rawValue + "(", to: &result) }
        try append(isTuple ? "(" : "[", to: &result)
        for (index, item) in sequence.items.enumerated() {
            if index > 0 { try append(", ", to: &result) }
            try appendRepr(of: item, to: &result, depth: depth + 1)
        }
        if isTuple, sequence.items.count == 1 { try append(",", to: &result) }
        try append(isTuple ? ")" : "]", to: &result)
        if sequence.kind.isView { try append(")", to: &result) }
    }
}
