/// A `for` with its optional filter and `else`.
final class TemplateForLoop: Sendable {
    let target: TemplateTarget
    let iterable: TemplateExpression
    let condition: TemplateExpression?
    let body: [TemplateStatement]
    let otherwise: [TemplateStatement]

    init(
        target: TemplateTarget, iterable: TemplateExpression, condition: TemplateExpression?,
        body: [TemplateStatement], otherwise: [TemplateStatement]
    ) {
        self.target = target
        self.iterable = iterable
        self.condition = condition
        self.body = body
        self.otherwise = otherwise
    }
}
