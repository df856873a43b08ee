/// An immutable mapping in insertion order.
final class TemplateDictionary {
    private(set) var keys: [TemplateObject] = []
    private(set) var values: [TemplateObject] = []
    private(set) var depth = 1
    private var positions: [TemplateKey: Int] = [:]

    var count: Int { keys.count }

    subscript(key: TemplateKey) -> TemplateObject? { positions[key].map { values[$0] } }

    subscript(name: String) -> TemplateObject? { self[.string(CodePointString(name))] }

    /// Adds or replaces an entry; only while the mapping is being built.
    func insert(_ value: TemplateObject, for object: TemplateObject, key: TemplateKey) {
        depth = max(depth, value.depth + 1)
        if let position = positions[key] {
            values[position] = value
        } else {
            positions[key] = keys.count
            keys.append(object)
            values.append(value)
        }
    }
}
