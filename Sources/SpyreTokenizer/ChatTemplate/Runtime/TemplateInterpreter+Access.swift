extension TemplateInterpreter {
    /// The elements of anything that a `for` accepts.
    func elements(of value: TemplateObject) throws(ChatTemplateError) -> [TemplateObject] {
        switch value {
        case .undefined: return []
        case .sequence(let sequence):
            try charge(bytes: sequence.items.count)
            return sequence.items
        case .mapping(let mapping):
            try charge(bytes: mapping.count)
            return mapping.keys
        case .string(let text), .markup(let text):
            try charge(steps: text.utf8.count)
            return text.unicodeScalars.map { .string(String(Character($0))) }
        case .generator(let generator): return generator.drain()
        case .loop: throw unsupported("iterating over 'loop'")
        default: throw fail("a \(value.typeName) cannot be iterated over")
        }
    }

    private static let mutators: Set<String> = [
        "append", "clear", "pop", "reverse", "insert", "sort", "extend", "remove", "popitem", "setdefault", "update",
    ]

    // MARK: - Attributes and items

    /// `value.name`: a method or attribute first, then an item of that name.
    func attribute(_ name: String, of value: TemplateObject) throws(ChatTemplateError) -> TemplateObject {
        let value = value.plain
        if let found = try ownAttribute(name, of: value) { return found }
        if case .mapping(let mapping) = value, let found = mapping[name] { return found }
        return .undefined(TemplateUndefined("a \(value.typeName) has no attribute '\(name)'"))
    }

    /// `value[key]`: an item first, then an attribute of that name.
    func item(_ key: TemplateObject, of value: TemplateObject) throws(ChatTemplateError) -> TemplateObject {
        let (value, key) = (value.plain, key.plain)
        if case .undefined(let undefined) = value { throw fail(undefined.message) }
        if case .mapping(let mapping) = value, let found = TemplateKey(key).flatMap({ mapping[$0] }) { return found }
        if let index = key.integer, let found = try element(index, of: value) { return found }
        if case .string(let name) = key, let found = try ownAttribute(name, of: value) { return found }
        return .undefined(TemplateUndefined("a \(value.typeName) has no item \(try repr(of: key))"))
    }

    private func element(_ index: Int, of value: TemplateObject) throws(ChatTemplateError) -> TemplateObject? {
        switch value {
        case .sequence(let sequence) where !sequence.kind.isView:
            let position = index < 0 ? index + sequence.items.count : index
            return sequence.items.indices.contains(position) ? sequence.items[position] : nil
        case .string(let text):
            try charge(bytes: text.utf8.count)
            let scalars = text.unicodeScalars
            let position = index < 0 ? index + scalars.count : index
            guard position >= 0, position < scalars.count else { return nil }
            return .string(String(Character(scalars[scalars.index(scalars.startIndex, offsetBy: position)])))
        default: return nil
        }
    }

    /// What the object's type offers under `name`, as the sandbox sees it.
    private func ownAttribute(_ name: String, of value: TemplateObject) throws(ChatTemplateError) -> TemplateObject? {
        if case .undefined(let undefined) = value { throw fail(undefined.message) }
        if name.hasPrefix("__"), name.hasSuffix("__") { return unsafe(name, of: value) }
        switch value {
        case .string:
            if TemplateStringMethod(rawValue: name) != nil { return method(name, of: value) }
            if TemplateStringMethod.unsupported.contains(name) { throw unsupported("the string method '\(name)'") }
        case .mapping:
            if Self.mutators.intersection(["clear", "pop", "popitem", "setdefault", "update"]).contains(name) {
                return unsafe(name, of: value)
            }
            if TemplateMappingMethod(rawValue: name) != nil { return method(name, of: value) }
            if name == "fromkeys" { throw unsupported("the mapping method 'fromkeys'") }
        case .sequence(let sequence): return sequenceAttribute(name, of: sequence)
        case .namespace(let namespace):
            try charge(bytes: 16 * namespace.attributes.count)
            return namespace[name]
        case .loop(let loop): return try loopAttribute(name, of: loop)
        case .macro(let macro): return try macroAttribute(name, of: macro)
        default: break
        }
        return nil
    }

    private func sequenceAttribute(_ name: String, of sequence: TemplateSequence) -> TemplateObject? {
        let mutators = Self.mutators.subtracting(["popitem", "setdefault", "update"])
        if sequence.kind == .list, mutators.contains(name) { return unsafe(name, of: .sequence(sequence)) }
        guard !sequence.kind.isView, ["index", "count"].contains(name) || (name == "copy" && sequence.kind == .list)
        else { return nil }
        return method(name, of: .sequence(sequence))
    }

    private func method(_ name: String, of value: TemplateObject) -> TemplateObject {
        .method(TemplateMethod(receiver: value, name: name))
    }

    private func unsafe(_ name: String, of value: TemplateObject) -> TemplateObject {
        .undefined(TemplateUndefined("access to '\(name)' of a \(value.typeName) is not allowed in the sandbox"))
    }

    private func loopAttribute(_ name: String, of loop: TemplateLoop) throws(ChatTemplateError) -> TemplateObject? {
        switch name {
        case "index": return .int(loop.index0 + 1)
        case "index0": return .int(loop.index0)
        case "revindex": return .int(try loop.length() - loop.index0)
        case "revindex0": return .int(try loop.length() - loop.index0 - 1)
        case "first": return .bool(loop.index0 == 0)
        case "last": return .bool(try loop.peek() == nil)
        case "length": return .int(try loop.length())
        case "depth": return .int(1)
        case "depth0": return .int(0)
        case "previtem": return loop.previous ?? .undefined(TemplateUndefined("there is no previous item"))
        case "nextitem": return try loop.peek() ?? .undefined(TemplateUndefined("there is no next item"))
        case "cycle", "changed": return method(name, of: .loop(loop))
        default: return nil
        }
    }

    private func macroAttribute(
        _ name: String, of macro: TemplateMacroValue
    ) throws(ChatTemplateError) -> TemplateObject? {
        switch name {
        case "name": return .string(macro.definition.name)
        case "arguments":
            return try sequence(macro.definition.parameters.map { .string($0.text) }, kind: .tuple)
        case "catch_varargs": return .bool(macro.definition.takesVarargs)
        case "catch_kwargs": return .bool(macro.definition.takesKwargs)
        case "caller": return .bool(macro.definition.takesCaller)
        default: return nil
        }
    }

    // MARK: - Slices

    func slice(
        _ value: TemplateObject, start: Int?, stop: Int?, step: Int?
    ) throws(ChatTemplateError) -> TemplateObject {
        let step = step ?? 1
        guard step != 0 else { throw fail("the step of a slice cannot be zero") }
        switch value {
        case .undefined(let undefined): throw fail(undefined.message)
        case .string(let text), .markup(let text):
            try charge(bytes: 4 * text.utf8.count)
            let scalars = Array(text.unicodeScalars)
            let bounds = TemplateSliceBounds(count: scalars.count, start: start, stop: stop, step: step)
            var view = String.UnicodeScalarView()
            for index in bounds.indices { view.append(scalars[index]) }
            return try checked(String(view))
        case .sequence(let sequence) where !sequence.kind.isView:
            let bounds = TemplateSliceBounds(count: sequence.items.count, start: start, stop: stop, step: step)
            let range = sequence.range?.sliced(first: bounds.first, last: bounds.last, step: step)
            return try self.sequence(bounds.indices.map { sequence.items[$0] }, kind: sequence.kind, range: range)
        default: throw fail("a \(value.typeName) cannot be sliced")
        }
    }
}
