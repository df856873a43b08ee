/// Evaluated arguments of a call, a filter or a test.
struct TemplateCallArguments {
    var positional: [TemplateObject] = []
    var keyword: [(name: String, value: TemplateObject)] = []

    var isEmpty: Bool { positional.isEmpty && keyword.isEmpty }
}
