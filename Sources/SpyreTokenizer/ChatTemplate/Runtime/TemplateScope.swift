/// Variables of one block. A lookup goes outwards, an assignment stays here.
final class TemplateScope {
    let parent: TemplateScope?
    private var variables: [Int: TemplateObject] = [:]

    init(parent: TemplateScope?) { self.parent = parent }

    func set(_ name: Int, _ value: TemplateObject) { variables[name] = value }

    func lookup(_ name: Int) -> TemplateObject? {
        var scope: TemplateScope? = self
        while let current = scope {
            if let found = current.variables[name] { return found }
            scope = current.parent
        }
        return nil
    }

    /// Breaks reference cycles through macros, which keep the scope that holds them.
    func clear() { variables = [:] }
}
