import Foundation

/// Walks a parsed template. One instance serves one rendering on one thread.
///
/// Work is paid from one budget: `stepCost` units for an evaluation step, one unit for a byte of text produced or
/// searched. That bounds time, and also memory, because nothing is built without paying for it.
final class TemplateInterpreter {
    static let stepCost = 256
    /// What looking up a name or taking a literal costs, on top of the step of the expression around it.
    static let leafCost = 32

    let program: TemplateProgram
    let limits: ChatTemplateLimits
    let clock: @Sendable () -> Date
    let timeZone: TimeZone

    var scope = TemplateScope(parent: nil)
    var output = ""
    /// The line that errors are reported on.
    var line = 1
    var depth = 0
    let loopName: Int?
    private var work = 0
    private let workLimit: Int
    /// What may be part of a reference cycle, emptied when the rendering ends.
    private var namespaces: [TemplateNamespace] = []
    private var capturedScopes: [TemplateScope] = []

    enum Flow { case normal, breakLoop, continueLoop }

    init(
        program: TemplateProgram, limits: ChatTemplateLimits, clock: @escaping @Sendable () -> Date,
        timeZone: TimeZone
    ) {
        self.program = program
        self.limits = limits
        self.clock = clock
        self.timeZone = timeZone
        loopName = program.nameIDs[CodePointString("loop")]
        let (product, overflow) = limits.steps.multipliedReportingOverflow(by: Self.stepCost)
        workLimit = overflow ? .max : product
    }

    func render(variables: [String: TemplateValue]) throws(ChatTemplateError) -> String {
        defer { release() }
        for function in TemplateFunction.allCases { define(function.rawValue, .function(function)) }
        scope = TemplateScope(parent: scope)
        for (name, value) in variables where program.nameIDs[CodePointString(name)] != nil {
            define(name, try object(from: value, depth: 0))
        }
        scope = TemplateScope(parent: scope)
        _ = try execute(program.body)
        return output
    }

    private func define(_ name: String, _ value: TemplateObject) {
        if let id = program.nameIDs[CodePointString(name)] { scope.set(id, value) }
    }

    private func release() {
        for namespace in namespaces { namespace.attributes = [] }
        for scope in capturedScopes { scope.clear() }
        scope.clear()
    }

    func register(_ namespace: TemplateNamespace) { namespaces.append(namespace) }

    func register(_ scope: TemplateScope) {
        if capturedScopes.last !== scope { capturedScopes.append(scope) }
    }

    // MARK: - Limits

    /// Pays for evaluation steps.
    func charge(steps: Int) throws(ChatTemplateError) {
        let (cost, overflow) = steps.multipliedReportingOverflow(by: Self.stepCost)
        try charge(bytes: overflow ? .max : cost)
    }

    /// Pays for text produced or searched.
    func charge(bytes: Int) throws(ChatTemplateError) {
        guard bytes <= workLimit - work else {
            throw .limitExceeded(line: line, limit: .steps, maximum: limits.steps)
        }
        work += bytes
    }

    /// Pays for a copy of `text` and checks its length.
    func checked(_ text: String) throws(ChatTemplateError) -> TemplateObject {
        try check(length: text.utf8.count)
        try charge(bytes: text.utf8.count)
        return .string(text)
    }

    func check(length: Int) throws(ChatTemplateError) {
        guard length <= limits.outputBytes else {
            throw .limitExceeded(line: line, limit: .outputSize, maximum: limits.outputBytes)
        }
    }

    /// Appends within the limits on length and work.
    func append(_ piece: String, to text: inout String) throws(ChatTemplateError) {
        let count = piece.utf8.count
        try check(length: text.utf8.count + count)
        try charge(bytes: count + 1)
        text += piece
    }

    func enter() throws(ChatTemplateError) {
        depth += 1
        guard depth <= limits.evaluationDepth else {
            throw .limitExceeded(line: line, limit: .nesting, maximum: limits.evaluationDepth)
        }
        try charge(steps: 1)
    }

    func fail(_ message: String) -> ChatTemplateError { .runtime(line: line, message: message) }

    func unsupported(_ construct: String) -> ChatTemplateError { .unsupported(line: line, construct: construct) }

    // MARK: - Making values

    func sequence(
        _ items: [TemplateObject], kind: TemplateSequence.Kind = .list, range: TemplateRange? = nil
    ) throws(ChatTemplateError) -> TemplateObject {
        try charge(steps: items.count)
        let depth = try nestedDepth(items)
        return .sequence(TemplateSequence(kind: kind, items: items, depth: depth, range: range))
    }

    func generator(_ items: [TemplateObject]) throws(ChatTemplateError) -> TemplateObject {
        try charge(steps: items.count)
        return .generator(TemplateGenerator(items, depth: try nestedDepth(items)))
    }

    func mapping(
        _ entries: [(TemplateObject, TemplateObject)]
    ) throws(ChatTemplateError) -> TemplateObject {
        try charge(steps: entries.count)
        let dictionary = TemplateDictionary()
        for (object, value) in entries {
            dictionary.insert(value, for: object, key: try key(object))
        }
        try check(valueDepth: dictionary.depth)
        return .mapping(dictionary)
    }

    func key(_ object: TemplateObject) throws(ChatTemplateError) -> TemplateKey {
        if case .string(let text) = object { try charge(bytes: text.utf8.count) }
        guard let key = TemplateKey(object) else {
            if case .sequence(let sequence) = object, sequence.kind == .tuple {
                throw unsupported("a tuple as a key")
            }
            throw fail("a \(object.typeName) cannot be a key")
        }
        return key
    }

    func nestedDepth(_ items: [TemplateObject]) throws(ChatTemplateError) -> Int {
        let depth = 1 + (items.lazy.map(\.depth).max() ?? 0)
        try check(valueDepth: depth)
        return depth
    }

    private func check(valueDepth: Int) throws(ChatTemplateError) {
        guard valueDepth <= limits.valueDepth else {
            throw .limitExceeded(line: line, limit: .valueDepth, maximum: limits.valueDepth)
        }
    }

    func object(from value: TemplateValue, depth: Int) throws(ChatTemplateError) -> TemplateObject {
        try check(valueDepth: depth)
        switch value {
        case .none: return .none
        case .bool(let value): return .bool(value)
        case .int(let value): return .int(value)
        case .double(let value): return .double(value)
        case .string(let text): return .string(text)
        case .list(let values):
            var items: [TemplateObject] = []
            items.reserveCapacity(values.count)
            for value in values { items.append(try object(from: value, depth: depth + 1)) }
            return .sequence(TemplateSequence(kind: .list, items: items, depth: try nestedDepth(items)))
        case .mapping(let mapping):
            let dictionary = TemplateDictionary()
            for (key, value) in mapping {
                let element = try object(from: value, depth: depth + 1)
                dictionary.insert(element, for: .string(key), key: .string(CodePointString(key)))
            }
            return .mapping(dictionary)
        }
    }
}
