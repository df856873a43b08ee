/// A filter of a block, with its arguments.
struct TemplateAppliedFilter: Sendable {
    let filter: TemplateFilter
    let arguments: TemplateArguments
    let line: Int
}
