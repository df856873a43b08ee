/// The methods of mappings that templates may call.
enum TemplateMappingMethod: String {
    case copy, get, items, keys, values
}

extension TemplateInterpreter {
    func call(
        _ method: TemplateMappingMethod, on mapping: TemplateDictionary, _ arguments: TemplateCallArguments
    ) throws(ChatTemplateError) -> TemplateObject {
        guard arguments.keyword.isEmpty else { throw fail("'\(method.rawValue)' takes no keyword arguments") }
        if method == .get {
            let bound = try bind(arguments, ["key", "default"], required: 1, "get")
            return mapping[try key(bound[0] ?? .none)] ?? bound[1] ?? .none
        }
        guard arguments.isEmpty else { throw fail("'\(method.rawValue)' takes no arguments") }
        switch method {
        case .items: return try sequence(try pairs(of: mapping), kind: .items)
        case .keys: return try sequence(mapping.keys, kind: .keys)
        case .values: return try sequence(mapping.values, kind: .values)
        default: return .mapping(mapping)
        }
    }

    /// `copy`, `count` and `index` of lists, tuples and ranges.
    func callSequenceMethod(
        _ name: String, on sequence: TemplateSequence, _ arguments: TemplateCallArguments
    ) throws(ChatTemplateError) -> TemplateObject {
        if name == "copy" { return .sequence(sequence) }
        guard arguments.keyword.isEmpty, arguments.positional.count == 1 else {
            throw fail("'\(name)' takes one argument")
        }
        var count = 0
        for (index, item) in sequence.items.enumerated() where try isEqual(item, arguments.positional[0]) {
            if name == "index" { return .int(index) }
            count += 1
        }
        guard name == "count" else { throw fail("'index' did not find the value") }
        return .int(count)
    }
}
