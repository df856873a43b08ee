extension TemplateInterpreter {
    func applyAggregate(
        _ filter: TemplateFilter, to value: TemplateObject, _ arguments: TemplateCallArguments
    ) throws(ChatTemplateError) -> TemplateObject {
        switch filter {
        case .dictsort: return try dictsort(value, arguments)
        case .sort: return try sort(value, arguments)
        case .sum: return try sum(value, arguments)
        case .unique: return try unique(value, arguments)
        default: return try extremum(value, arguments, isMaximum: filter == .max)
        }
    }

    private func lowercased(_ value: TemplateObject) throws(ChatTemplateError) -> TemplateObject {
        guard case .string(let text) = value else { return value }
        return try checked(text.pythonLowercased)
    }

    private func dictsort(
        _ value: TemplateObject, _ arguments: TemplateCallArguments
    ) throws(ChatTemplateError) -> TemplateObject {
        let bound = try bind(arguments, ["case_sensitive", "by", "reverse"], "dictsort")
        guard case .mapping(let mapping) = value else {
            throw fail("'dictsort' needs a mapping, not a \(value.typeName)")
        }
        let isByKey: Bool
        switch bound[1] {
        case nil, .string("key"): isByKey = true
        case .string("value"): isByKey = false
        default: throw fail("'dictsort' sorts by \"key\" or \"value\"")
        }
        let isSensitive = bound[0]?.isTrue ?? false
        var keyed: [(key: TemplateObject, item: TemplateObject)] = []
        for (index, pair) in try pairs(of: mapping).enumerated() {
            let key = isByKey ? mapping.keys[index] : mapping.values[index]
            keyed.append((isSensitive ? key : try lowercased(key), pair))
        }
        return try sequence(try sortedItems(keyed, isReversed: bound[2]?.isTrue ?? false))
    }

    /// Sorts by key; reversed, equal elements still keep their order, as with Python's `sorted(reverse=True)`.
    private func sortedItems(
        _ keyed: [(key: TemplateObject, item: TemplateObject)], isReversed: Bool
    ) throws(ChatTemplateError) -> [TemplateObject] {
        guard isReversed else { return try sorted(keyed) { $0.key }.map(\.item) }
        return try sorted(keyed.reversed()) { $0.key }.reversed().map(\.item)
    }

    private func sort(
        _ value: TemplateObject, _ arguments: TemplateCallArguments
    ) throws(ChatTemplateError) -> TemplateObject {
        let bound = try bind(arguments, ["reverse", "case_sensitive", "attribute"], "sort")
        let isSensitive = bound[1]?.isTrue ?? false
        var paths = [bound[2] ?? .none]
        if case .string(let text)? = bound[2] { paths = text.utf8Split(",").map { .string($0) } }
        var keyed: [(key: TemplateObject, item: TemplateObject)] = []
        for item in try elements(of: value) {
            var keys: [TemplateObject] = []
            for path in paths {
                let key = try self.value(at: path, of: item)
                keys.append(isSensitive ? key : try lowercased(key))
            }
            keyed.append((try sequence(keys), item))
        }
        return try sequence(try sortedItems(keyed, isReversed: bound[0]?.isTrue ?? false))
    }

    private func sum(
        _ value: TemplateObject, _ arguments: TemplateCallArguments
    ) throws(ChatTemplateError) -> TemplateObject {
        let bound = try bind(arguments, ["attribute", "start"], "sum")
        var total = bound[1] ?? .int(0)
        if case .string = total { throw fail("'sum' cannot add strings") }
        for item in try elements(of: value) {
            let element = try self.value(at: bound[0] ?? .none, of: item)
            total = try arithmetic(.add, total, element)
        }
        return total
    }

    private func unique(
        _ value: TemplateObject, _ arguments: TemplateCallArguments
    ) throws(ChatTemplateError) -> TemplateObject {
        let bound = try bind(arguments, ["case_sensitive", "attribute"], "unique")
        var seen: Set<TemplateKey> = []
        var kept: [TemplateObject] = []
        for item in try elements(of: value) {
            let found = try self.value(at: bound[1] ?? .none, of: item)
            let key = try key(bound[0]?.isTrue ?? false ? found : try lowercased(found))
            if seen.insert(key).inserted { kept.append(item) }
        }
        return try generator(kept)
    }

    private func extremum(
        _ value: TemplateObject, _ arguments: TemplateCallArguments, isMaximum: Bool
    ) throws(ChatTemplateError) -> TemplateObject {
        let bound = try bind(arguments, ["case_sensitive", "attribute"], isMaximum ? "max" : "min")
        var best: (key: TemplateObject, item: TemplateObject)?
        for item in try elements(of: value) {
            let found = try self.value(at: bound[1] ?? .none, of: item)
            let key = bound[0]?.isTrue ?? false ? found : try lowercased(found)
            guard let current = best else {
                best = (key, item)
                continue
            }
            if try isMaximum ? isLess(current.key, key) : isLess(key, current.key) { best = (key, item) }
        }
        return best?.item ?? .undefined(TemplateUndefined("the sequence was empty"))
    }
}
