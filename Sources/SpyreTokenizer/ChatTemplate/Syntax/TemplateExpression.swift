/// A node of an expression. `depth` is the height of the tree below it, held within the parser's limit so that
/// evaluating and freeing a tree cannot exhaust the stack.
final class TemplateExpression: Sendable {
    enum Kind: Sendable {
        case none
        case bool(Bool)
        case int(Int)
        case double(Double)
        case string(String)
        case name(Int)
        case list([TemplateExpression])
        case tuple([TemplateExpression])
        case mapping([(key: TemplateExpression, value: TemplateExpression)])
        case attribute(TemplateExpression, String)
        case item(TemplateExpression, TemplateExpression)
        case slice(TemplateExpression, start: TemplateExpression?, stop: TemplateExpression?, step: TemplateExpression?)
        case call(TemplateExpression, TemplateArguments)
        case filter(TemplateExpression, TemplateFilter, TemplateArguments)
        case test(TemplateExpression, TemplateTest, TemplateArguments)
        /// A left-associative run of arithmetic of one precedence: `a + b - c`.
        case arithmetic(TemplateExpression, [(TemplateArithmetic, TemplateExpression)])
        case concatenation([TemplateExpression])
        case negative(TemplateExpression)
        case positive(TemplateExpression)
        case not(TemplateExpression)
        case and([TemplateExpression])
        case or([TemplateExpression])
        case comparison(TemplateExpression, [(TemplateComparison, TemplateExpression)])
        case conditional(TemplateExpression, condition: TemplateExpression, otherwise: TemplateExpression?)
    }

    let kind: Kind
    let line: Int
    let depth: Int

    init(_ kind: Kind, line: Int, depth: Int) {
        self.kind = kind
        self.line = line
        self.depth = depth
    }
}

/// Arguments of a call, a filter or a test.
struct TemplateArguments: Sendable {
    var positional: [TemplateExpression] = []
    var keyword: [(name: String, value: TemplateExpression)] = []
    /// `*expression` and `**expression`.
    var unpackedList: TemplateExpression?
    var unpackedMapping: TemplateExpression?

    var expressions: [TemplateExpression] {
        positional + keyword.map(\.value) + [unpackedList, unpackedMapping].compactMap { $0 }
    }
}

enum TemplateArithmetic: String, Sendable {
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case floorDivide = "//"
    case modulo = "%"
    case power = "**"
}

enum TemplateComparison: String, Sendable {
    case equal = "=="
    case notEqual = "!="
    case less = "<"
    case lessEqual = "<="
    case greater = ">"
    case greaterEqual = ">="
    case isIn = "in"
    case isNotIn = "not in"
}
