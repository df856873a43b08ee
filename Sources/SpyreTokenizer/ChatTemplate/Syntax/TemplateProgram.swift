/// A parsed template: statements, and the names that they use.
struct TemplateProgram: Sendable {
    let body: [TemplateStatement]
    let names: [String]
    let nameIDs: [CodePointString: Int]
}
