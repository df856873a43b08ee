/// Elements that can be gone through once, as what Python's generators yield.
final class TemplateGenerator {
    var remaining: ArraySlice<TemplateObject>
    let depth: Int

    init(_ items: [TemplateObject], depth: Int) {
        remaining = items[...]
        self.depth = depth
    }

    func drain() -> [TemplateObject] {
        defer { remaining = [] }
        return Array(remaining)
    }
}
