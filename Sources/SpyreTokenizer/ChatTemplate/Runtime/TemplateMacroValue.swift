/// A macro together with the scope in which it was defined.
final class TemplateMacroValue {
    let definition: TemplateMacro
    let scope: TemplateScope

    init(definition: TemplateMacro, scope: TemplateScope) {
        self.definition = definition
        self.scope = scope
    }
}
