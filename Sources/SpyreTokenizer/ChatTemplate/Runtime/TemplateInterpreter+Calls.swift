import Foundation

extension TemplateInterpreter {
    func call(
        _ callee: TemplateObject, _ arguments: TemplateCallArguments
    ) throws(ChatTemplateError) -> TemplateObject {
        switch callee {
        case .macro(let macro): return .string(try call(macro, arguments))
        case .function(let function): return try call(function, arguments)
        case .method(let method): return try call(method, arguments)
        case .undefined(let undefined): throw fail(undefined.message)
        case .loop: throw unsupported("the recursive loop")
        default: throw fail("a \(callee.typeName) cannot be called")
        }
    }

    private func call(_ method: TemplateMethod, _ arguments: TemplateCallArguments) throws(ChatTemplateError)
        -> TemplateObject
    {
        switch method.receiver {
        case .string(let text):
            guard let name = TemplateStringMethod(rawValue: method.name) else { break }
            return try call(name, on: text, arguments)
        case .mapping(let mapping):
            guard let name = TemplateMappingMethod(rawValue: method.name) else { break }
            return try call(name, on: mapping, arguments)
        case .sequence(let sequence): return try callSequenceMethod(method.name, on: sequence, arguments)
        case .loop(let loop): return try callLoopMethod(method.name, on: loop, arguments)
        default: break
        }
        throw fail("'\(method.name)' cannot be called")
    }

    private func callLoopMethod(
        _ name: String, on loop: TemplateLoop, _ arguments: TemplateCallArguments
    ) throws(ChatTemplateError) -> TemplateObject {
        guard arguments.keyword.isEmpty else { throw fail("'loop.\(name)' takes no keyword arguments") }
        if name == "changed" {
            let last = loop.changedArguments
            if let last, last.count == arguments.positional.count {
                var isSame = true
                for (old, new) in zip(last, arguments.positional) where isSame { isSame = try isEqual(old, new) }
                if isSame { return .bool(false) }
            }
            loop.changedArguments = arguments.positional
            return .bool(true)
        }
        guard !arguments.positional.isEmpty else { throw fail("'loop.cycle' needs values to choose from") }
        return arguments.positional[max(loop.index0, 0) % arguments.positional.count]
    }

    // MARK: - Macros

    /// Binds arguments by Jinja's rules (missing ones are undefined) and returns what the body prints.
    private func call(
        _ macro: TemplateMacroValue, _ arguments: TemplateCallArguments
    ) throws(ChatTemplateError) -> String {
        let definition = macro.definition
        let inner = TemplateScope(parent: macro.scope)
        var keyword = arguments.keyword
        let surplus = arguments.positional.dropFirst(definition.parameters.count)
        if !surplus.isEmpty, !definition.takesVarargs {
            throw fail("the macro '\(definition.name)' takes \(definition.parameters.count) arguments")
        }
        try enter()
        defer { depth -= 1 }
        for (index, parameter) in definition.parameters.enumerated() {
            inner.set(parameter.name, try bind(parameter, index, arguments.positional, &keyword, in: inner))
        }
        try bindSpecial(definition, Array(surplus), &keyword, in: inner)
        return try capture(definition.body, in: inner).text
    }

    private func bind(
        _ parameter: TemplateMacro.Parameter, _ index: Int, _ positional: [TemplateObject],
        _ keyword: inout [(name: String, value: TemplateObject)], in inner: TemplateScope
    ) throws(ChatTemplateError) -> TemplateObject {
        if index < positional.count { return positional[index] }
        if let position = keyword.firstIndex(where: { $0.name == parameter.text }) {
            return keyword.remove(at: position).value
        }
        guard let expression = parameter.defaultValue else {
            return .undefined(TemplateUndefined("the parameter '\(parameter.text)' was not provided"))
        }
        let outer = scope
        scope = inner
        defer { scope = outer }
        return try evaluate(expression)
    }

    private func bindSpecial(
        _ definition: TemplateMacro, _ surplus: [TemplateObject],
        _ keyword: inout [(name: String, value: TemplateObject)], in inner: TemplateScope
    ) throws(ChatTemplateError) {
        if definition.takesCaller {
            let position = keyword.firstIndex { $0.name == "caller" }
            let caller = position.map { keyword.remove(at: $0).value }
            define("caller", caller ?? .undefined(TemplateUndefined("there is no caller")), in: inner)
        }
        if definition.takesKwargs {
            define("kwargs", try mapping(keyword.map { (.string($0.name), $0.value) }), in: inner)
        } else if let first = keyword.first {
            throw fail("the macro '\(definition.name)' takes no argument '\(first.name)'")
        }
        if definition.takesVarargs { define("varargs", try sequence(surplus, kind: .tuple), in: inner) }
    }

    private func define(_ name: String, _ value: TemplateObject, in scope: TemplateScope) {
        if let id = program.nameIDs[CodePointString(name)] { scope.set(id, value) }
    }

    // MARK: - Global functions

    private func call(
        _ function: TemplateFunction, _ arguments: TemplateCallArguments
    ) throws(ChatTemplateError) -> TemplateObject {
        switch function {
        case .range: return try callRange(arguments)
        case .dict: return try mapping(try namedValues(arguments, "dict"))
        case .namespace:
            let namespace = TemplateNamespace()
            for (key, value) in try namedValues(arguments, "namespace") {
                guard case .string(let name) = key else { throw fail("a namespace needs string keys") }
                namespace[name] = value
            }
            register(namespace)
            return .namespace(namespace)
        case .raiseException:
            let bound = try bind(arguments, ["message"], required: 1, "raise_exception")
            throw .raised(line: line, message: try text(of: bound[0] ?? .none))
        case .strftimeNow:
            let bound = try bind(arguments, ["format"], required: 1, "strftime_now")
            let format = try string(bound[0] ?? .none, "strftime_now")
            let formatter = TemplateDateFormatter(date: clock(), timeZone: timeZone)
            guard let text = formatter.format(format) else {
                throw unsupported("a conversion in the date format '\(format)'")
            }
            return try checked(text)
        }
    }

    /// The arguments of `dict` and `namespace`: an optional mapping or list of pairs, then keywords.
    private func namedValues(
        _ arguments: TemplateCallArguments, _ user: String
    ) throws(ChatTemplateError) -> [(TemplateObject, TemplateObject)] {
        guard arguments.positional.count <= 1 else { throw fail("'\(user)' takes one positional argument") }
        var pairs: [(TemplateObject, TemplateObject)] = []
        if case .mapping(let mapping)? = arguments.positional.first {
            pairs = Array(zip(mapping.keys, mapping.values))
        } else if let first = arguments.positional.first {
            for item in try elements(of: first) {
                let pair = try elements(of: item)
                guard pair.count == 2 else { throw fail("'\(user)' needs pairs") }
                pairs.append((pair[0], pair[1]))
            }
        }
        for (name, value) in arguments.keyword { pairs.append((.string(name), value)) }
        return pairs
    }

    private func callRange(_ arguments: TemplateCallArguments) throws(ChatTemplateError) -> TemplateObject {
        guard arguments.keyword.isEmpty, (1...3).contains(arguments.positional.count) else {
            throw fail("'range' takes one to three integers")
        }
        var bounds: [Int] = []
        for value in arguments.positional {
            guard let bound = value.integer else { throw notNumber(value, "'range'") }
            bounds.append(bound)
        }
        let start = bounds.count > 1 ? bounds[0] : 0
        let stop = bounds.count > 1 ? bounds[1] : bounds[0]
        let step = bounds.count > 2 ? bounds[2] : 1
        guard step != 0 else { throw fail("the step of 'range' cannot be zero") }
        let (last, overflow) = stop.subtractingReportingOverflow(step > 0 ? 1 : -1)
        guard !overflow else { throw fail("integer arithmetic beyond 64 bits") }
        let range = TemplateRange(start: start, stop: stop, step: step)
        guard step > 0 ? start <= last : start >= last else { return try sequence([], kind: .range, range: range) }
        // As unsigned numbers the distance cannot overflow.
        let (low, high) = step > 0 ? (start, last) : (last, start)
        let distance = UInt(bitPattern: high) &- UInt(bitPattern: low)
        guard distance / step.magnitude < limits.rangeLength else {
            throw .limitExceeded(line: line, limit: .rangeLength, maximum: limits.rangeLength)
        }
        let count = Int(distance / step.magnitude) + 1
        return try sequence((0..<count).map { .int(start &+ $0 &* step) }, kind: .range, range: range)
    }

    // MARK: - Arguments

    /// Matches arguments to parameter names; nil for those that were not given.
    func bind(
        _ arguments: TemplateCallArguments, _ names: [String], required: Int = 0, _ user: String
    ) throws(ChatTemplateError) -> [TemplateObject?] {
        guard arguments.positional.count <= names.count else {
            throw fail("'\(user)' takes at most \(names.count) arguments")
        }
        var bound: [TemplateObject?] = arguments.positional
        bound += [TemplateObject?](repeating: nil, count: names.count - bound.count)
        for (name, value) in arguments.keyword {
            guard let position = names.firstIndex(of: name) else { throw fail("'\(user)' takes no argument '\(name)'") }
            guard bound[position] == nil else { throw fail("'\(user)' is given '\(name)' twice") }
            bound[position] = value
        }
        for position in 0..<required where bound[position] == nil {
            throw fail("'\(user)' needs the argument '\(names[position])'")
        }
        return bound
    }

    func string(_ value: TemplateObject, _ user: String) throws(ChatTemplateError) -> String {
        if case .undefined(let undefined) = value { throw fail(undefined.message) }
        guard case .string(let text) = value.plain else {
            throw fail("'\(user)' needs a string, not a \(value.typeName)")
        }
        return text
    }

    func integer(_ value: TemplateObject?, default: Int, _ user: String) throws(ChatTemplateError) -> Int {
        guard let value else { return `default` }
        guard let integer = value.integer else { throw notNumber(value, "'\(user)'") }
        return integer
    }
}
