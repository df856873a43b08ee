extension TemplateInterpreter {
    func execute(_ body: [TemplateStatement]) throws(ChatTemplateError) -> Flow {
        for statement in body {
            line = statement.line
            try enter()
            defer { depth -= 1 }
            let flow = try execute(statement)
            if flow != .normal { return flow }
        }
        return .normal
    }

    private func execute(_ statement: TemplateStatement) throws(ChatTemplateError) -> Flow {
        switch statement.kind {
        case .text(let text): try append(text, to: &output)
        case .output(let expression): try executeOutput(expression)
        case .conditional(let branches, let otherwise): return try executeIf(branches, otherwise)
        case .loop(let loop): return try executeLoop(loop)
        case .assign(let target, let expression): try assign(try evaluate(expression), to: target)
        case .assignBlock(let target, let filters, let body): return try executeSetBlock(target, filters, body)
        case .macro(let definition):
            register(scope)
            scope.set(definition.nameID, .macro(TemplateMacroValue(definition: definition, scope: scope)))
        case .callBlock(let call, let caller): try executeCallBlock(call, caller)
        case .filterBlock(let filters, let body): return try executeFilterBlock(filters, body)
        case .with(let bindings, let body): return try executeWith(bindings, body)
        case .generation(let body): return try inScope(TemplateScope(parent: scope), body)
        case .breakLoop: return .breakLoop
        case .continueLoop: return .continueLoop
        }
        return .normal
    }

    private func executeOutput(_ expression: TemplateExpression) throws(ChatTemplateError) {
        let text = try text(of: try evaluate(expression))
        try append(text, to: &output)
    }

    private func executeIf(
        _ branches: [TemplateBranch], _ otherwise: [TemplateStatement]
    ) throws(ChatTemplateError) -> Flow {
        for branch in branches where try evaluate(branch.condition).isTrue {
            return try execute(branch.body)
        }
        return try execute(otherwise)
    }

    // MARK: - Scopes and captured output

    func inScope(_ inner: TemplateScope, _ body: [TemplateStatement]) throws(ChatTemplateError) -> Flow {
        let outer = scope
        scope = inner
        defer { scope = outer }
        return try execute(body)
    }

    /// Runs a body in a scope of its own and returns what it printed.
    func capture(
        _ body: [TemplateStatement], in inner: TemplateScope
    ) throws(ChatTemplateError) -> (text: String, flow: Flow) {
        let outer = output
        output = ""
        defer { output = outer }
        let flow = try inScope(inner, body)
        return (output, flow)
    }

    private func executeSetBlock(
        _ target: TemplateTarget, _ filters: [TemplateAppliedFilter], _ body: [TemplateStatement]
    ) throws(ChatTemplateError) -> Flow {
        let (text, flow) = try capture(body, in: TemplateScope(parent: scope))
        guard flow == .normal else { return flow }
        try assign(try apply(filters, to: .string(text)), to: target)
        return .normal
    }

    private func executeFilterBlock(
        _ filters: [TemplateAppliedFilter], _ body: [TemplateStatement]
    ) throws(ChatTemplateError) -> Flow {
        let (captured, flow) = try capture(body, in: TemplateScope(parent: scope))
        guard flow == .normal else { return flow }
        let result = try text(of: try apply(filters, to: .string(captured)))
        try append(result, to: &output)
        return .normal
    }

    private func apply(
        _ filters: [TemplateAppliedFilter], to value: TemplateObject
    ) throws(ChatTemplateError) -> TemplateObject {
        var value = value
        for applied in filters {
            let arguments = try evaluate(applied.arguments)
            line = applied.line
            value = try apply(applied.filter, to: value, arguments)
        }
        return value
    }

    private func executeWith(
        _ bindings: [(target: TemplateTarget, value: TemplateExpression)], _ body: [TemplateStatement]
    ) throws(ChatTemplateError) -> Flow {
        let inner = TemplateScope(parent: scope)
        for (target, expression) in bindings {
            let value = try evaluate(expression)
            try assign(value, to: target, in: inner)
        }
        return try inScope(inner, body)
    }

    private func executeCallBlock(
        _ call: TemplateExpression, _ caller: TemplateMacro
    ) throws(ChatTemplateError) {
        guard case .call(let callee, let arguments) = call.kind else { return }
        let function = try evaluate(callee)
        var evaluated = try evaluate(arguments)
        register(scope)
        evaluated.keyword.append(("caller", .macro(TemplateMacroValue(definition: caller, scope: scope))))
        line = call.line
        let result = try text(of: try self.call(function, evaluated))
        try append(result, to: &output)
    }

    // MARK: - Assignment

    func assign(_ value: TemplateObject, to target: TemplateTarget) throws(ChatTemplateError) {
        try assign(value, to: target, in: scope)
    }

    func assign(
        _ value: TemplateObject, to target: TemplateTarget, in destination: TemplateScope
    ) throws(ChatTemplateError) {
        switch target {
        case .name(let name): destination.set(name, value)
        case .namespaceAttribute(let name, let attribute):
            guard case .namespace(let namespace)? = scope.lookup(name) else {
                throw fail("'\(program.names[name]).\(attribute)' cannot be set: it is not a namespace")
            }
            try charge(steps: namespace.attributes.count)
            namespace[attribute] = value
        case .tuple(let targets):
            let items = try elements(of: value)
            guard items.count == targets.count else {
                throw fail("cannot unpack \(items.count) values into \(targets.count) names")
            }
            for (target, item) in zip(targets, items) { try assign(item, to: target, in: destination) }
        }
    }

    // MARK: - Loops

    private func executeLoop(_ loop: TemplateForLoop) throws(ChatTemplateError) -> Flow {
        let value = try evaluate(loop.iterable)
        let items = try elements(of: value)
        let depth = try nestedDepth(items)
        let outer = scope
        let state = TemplateLoop(items: items, valueDepth: depth, accepts: filter(of: loop, in: outer))
        defer { state.finish() }
        var isCompleted = false
        while let item = try state.advance() {
            let inner = TemplateScope(parent: outer)
            line = loop.iterable.line
            try assign(item, to: loop.target, in: inner)
            if let loopName { inner.set(loopName, .loop(state)) }
            switch try inScope(inner, loop.body) {
            case .normal: isCompleted = true
            case .continueLoop: break
            case .breakLoop: return try finishLoop(loop, isCompleted: isCompleted, in: outer)
            }
        }
        return try finishLoop(loop, isCompleted: isCompleted, in: outer)
    }

    /// Jinja runs the `else` of a loop when no iteration reached the end of its body.
    private func finishLoop(
        _ loop: TemplateForLoop, isCompleted: Bool, in outer: TemplateScope
    ) throws(ChatTemplateError) -> Flow {
        guard !isCompleted, !loop.otherwise.isEmpty else { return .normal }
        return try inScope(TemplateScope(parent: outer), loop.otherwise)
    }

    private func filter(
        of loop: TemplateForLoop, in outer: TemplateScope
    ) -> ((TemplateObject) throws(ChatTemplateError) -> Bool)? {
        guard let condition = loop.condition else { return nil }
        return { (item: TemplateObject) throws(ChatTemplateError) -> Bool in
            let inner = TemplateScope(parent: outer)
            try self.assign(item, to: loop.target, in: inner)
            let saved = self.scope
            self.scope = inner
            defer { self.scope = saved }
            return try self.evaluate(condition).isTrue
        }
    }
}
