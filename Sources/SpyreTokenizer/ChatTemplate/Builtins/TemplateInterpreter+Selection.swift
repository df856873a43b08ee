extension TemplateInterpreter {
    /// `map`, `select`, `reject`, `selectattr`, `rejectattr`.
    func applySelection(
        _ filter: TemplateFilter, to value: TemplateObject, _ arguments: TemplateCallArguments
    ) throws(ChatTemplateError) -> TemplateObject {
        guard value.isTrue else { return try generator([]) }
        if filter == .map { return try map(value, arguments) }
        var arguments = arguments
        let usesPath = filter == .selectattr || filter == .rejectattr
        if usesPath, arguments.positional.isEmpty { throw fail("'\(filter.rawValue)' needs an attribute's name") }
        let path: TemplateObject = usesPath ? arguments.positional.removeFirst() : .none
        let test = try arguments.positional.isEmpty ? nil : test(named: arguments.positional.removeFirst())
        let keepsMatches = filter == .select || filter == .selectattr
        var kept: [TemplateObject] = []
        for item in try elements(of: value) {
            try charge(steps: 1)
            let tested = try self.value(at: path, of: item)
            var matches = tested.isTrue
            if let test { matches = try holds(test, tested, arguments) }
            if matches == keepsMatches { kept.append(item) }
        }
        return try generator(kept)
    }

    private func test(named value: TemplateObject) throws(ChatTemplateError) -> TemplateTest {
        let name = try string(value, "select")
        guard let test = TemplateTest(name: name) else { throw unsupported("the test '\(name)'") }
        return test
    }

    private func map(
        _ value: TemplateObject, _ arguments: TemplateCallArguments
    ) throws(ChatTemplateError) -> TemplateObject {
        var mapped: [TemplateObject] = []
        if arguments.positional.isEmpty, arguments.keyword.contains(where: { $0.name == "attribute" }) {
            let bound = try bind(arguments, ["attribute", "default"], "map")
            let fallback = bound[1].flatMap { $0.isNone ? nil : $0 }
            for item in try elements(of: value) {
                try charge(steps: 1)
                mapped.append(try self.value(at: bound[0] ?? .none, of: item, default: fallback))
            }
            return try generator(mapped)
        }
        var arguments = arguments
        guard !arguments.positional.isEmpty else { throw fail("'map' needs a filter's name or 'attribute'") }
        let name = try string(arguments.positional.removeFirst(), "map")
        guard let filter = TemplateFilter(name: name) else { throw unsupported("the filter '\(name)'") }
        try enter()
        defer { depth -= 1 }
        for item in try elements(of: value) { mapped.append(try apply(filter, to: item, arguments)) }
        return try generator(mapped)
    }
}
