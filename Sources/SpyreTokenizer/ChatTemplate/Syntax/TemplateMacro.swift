/// A `macro`, or the body of a `call` block.
final class TemplateMacro: Sendable {
    struct Parameter: Sendable {
        let name: Int
        let text: String
        let defaultValue: TemplateExpression?
    }

    let name: String
    let nameID: Int
    let parameters: [Parameter]
    let body: [TemplateStatement]
    /// Whether the body mentions `varargs`, `kwargs` and `caller`, which opens the macro to such arguments.
    let takesVarargs: Bool
    let takesKwargs: Bool
    let takesCaller: Bool

    init(
        name: String, nameID: Int, parameters: [Parameter], body: [TemplateStatement],
        takesVarargs: Bool, takesKwargs: Bool, takesCaller: Bool
    ) {
        self.name = name
        self.nameID = nameID
        self.parameters = parameters
        self.body = body
        self.takesVarargs = takesVarargs
        self.takesKwargs = takesKwargs
        self.takesCaller = takesCaller
    }
}
