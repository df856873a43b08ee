extension TemplateInterpreter {
    func applyCollection(
        _ filter: TemplateFilter, to value: TemplateObject, _ arguments: TemplateCallArguments
    ) throws(ChatTemplateError) -> TemplateObject {
        switch filter {
        case .default:
            let bound = try bind(arguments, ["default_value", "boolean"], "default")
            let replaces = value.isUndefined || ((bound[1]?.isTrue ?? false) && !value.isTrue)
            return replaces ? bound[0] ?? .string("") : value
        case .join: return try join(value, arguments)
        default: break
        }
        try expectNoArguments(arguments, filter)
        switch filter {
        case .first: return try first(of: value)
        case .last: return try last(of: value)
        case .length: return .int(try length(of: value))
        case .list: return try sequence(try elements(of: value))
        case .items: return try items(of: value)
        default: return try reversed(value)
        }
    }

    private func join(
        _ value: TemplateObject, _ arguments: TemplateCallArguments
    ) throws(ChatTemplateError) -> TemplateObject {
        let bound = try bind(arguments, ["d", "attribute"], "join")
        let separator = try bound[0].map(typedText) ?? ""
        var result = ""
        for (index, item) in try elements(of: value).enumerated() {
            if index > 0 { try append(separator, to: &result) }
            let element = try self.value(at: bound[1] ?? .none, of: item)
            try append(try text(of: element), to: &result)
        }
        return .string(result)
    }

    private func typedText(_ value: TemplateObject) throws(ChatTemplateError) -> String { try text(of: value) }

    func length(of value: TemplateObject) throws(ChatTemplateError) -> Int {
        switch value {
        case .undefined: return 0
        case .string(let text):
            try charge(bytes: text.utf8.count)
            return text.unicodeScalars.count
        case .sequence(let sequence): return sequence.items.count
        case .mapping(let mapping): return mapping.count
        case .loop(let loop): return try loop.length()
        default: throw fail("a \(value.typeName) has no length")
        }
    }

    private func first(of value: TemplateObject) throws(ChatTemplateError) -> TemplateObject {
        if case .generator(let generator) = value, let first = generator.remaining.popFirst() { return first }
        return try elements(of: value).first ?? .undefined(TemplateUndefined("'first' got an empty sequence"))
    }

    private func last(of value: TemplateObject) throws(ChatTemplateError) -> TemplateObject {
        if case .generator = value { throw fail("'last' needs a list: apply the filter 'list' first") }
        return try elements(of: value).last ?? .undefined(TemplateUndefined("'last' got an empty sequence"))
    }

    private func items(of value: TemplateObject) throws(ChatTemplateError) -> TemplateObject {
        switch value {
        case .undefined: return try generator([])
        case .mapping(let mapping): return try generator(try pairs(of: mapping))
        default: throw fail("'items' needs a mapping, not a \(value.typeName)")
        }
    }

    func pairs(of mapping: TemplateDictionary) throws(ChatTemplateError) -> [TemplateObject] {
        var pairs: [TemplateObject] = []
        for (key, value) in zip(mapping.keys, mapping.values) {
            pairs.append(try sequence([key, value], kind: .tuple))
        }
        return pairs
    }

    private func reversed(_ value: TemplateObject) throws(ChatTemplateError) -> TemplateObject {
        switch value {
        case .string(let text):
            var view = String.UnicodeScalarView()
            view.append(contentsOf: text.unicodeScalars.reversed())
            return try checked(String(view))
        case .generator: return try sequence(try elements(of: value).reversed())
        default: return try generator(try elements(of: value).reversed())
        }
    }

    // MARK: - Paths

    /// Jinja's attribute paths: names and positions separated by dots, or one position.
    func value(at path: TemplateObject, of object: TemplateObject) throws(ChatTemplateError) -> TemplateObject {
        try value(at: path, of: object, default: nil)
    }

    func value(
        at path: TemplateObject, of object: TemplateObject, default: TemplateObject?
    ) throws(ChatTemplateError) -> TemplateObject {
        var value = object
        for part in try parts(of: path) {
            value = try item(part, of: value)
            if value.isUndefined, let `default` { value = `default` }
        }
        return value
    }

    private func parts(of path: TemplateObject) throws(ChatTemplateError) -> [TemplateObject] {
        switch path {
        case .none: return []
        case .string(let text):
            try charge(steps: 1 + text.utf8.count / 8)
            return text.utf8Split(".").map { part in
                let isNumber = !part.isEmpty && part.utf8.allSatisfy { (0x30...0x39).contains($0) }
                return isNumber ? Int(part).map { .int($0) } ?? .string(part) : .string(part)
            }
        default: return [path]
        }
    }
}
