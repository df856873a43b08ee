/// A statement of a template. Nesting is held within the parser's limit.
final class TemplateStatement: Sendable {
    enum Kind: Sendable {
        case text(String)
        case output(TemplateExpression)
        case conditional([TemplateBranch], otherwise: [TemplateStatement])
        case loop(TemplateForLoop)
        case assign(TemplateTarget, TemplateExpression)
        case assignBlock(TemplateTarget, filters: [TemplateAppliedFilter], [TemplateStatement])
        case macro(TemplateMacro)
        /// `{% call(args) macro(...) %}`: the body becomes the macro's `caller`.
        case callBlock(TemplateExpression, caller: TemplateMacro)
        case filterBlock([TemplateAppliedFilter], [TemplateStatement])
        case with([(target: TemplateTarget, value: TemplateExpression)], [TemplateStatement])
        /// `{% generation %}`: prints its body; it marks the assistant's tokens for training.
        case generation([TemplateStatement])
        case breakLoop
        case continueLoop
    }

    let kind: Kind
    let line: Int

    init(_ kind: Kind, line: Int) {
        self.kind = kind
        self.line = line
    }
}

struct TemplateBranch: Sendable {
    let condition: TemplateExpression
    let body: [TemplateStatement]
}
