/// The one mutable object: `namespace()`, with attributes that `set` may assign.
final class TemplateNamespace {
    var attributes: [(name: CodePointString, value: TemplateObject)] = []

    subscript(name: String) -> TemplateObject? {
        get { attributes.first { $0.name == CodePointString(name) }?.value }
        set {
            guard let newValue else { return }
            if let position = attributes.firstIndex(where: { $0.name == CodePointString(name) }) {
                attributes[position].value = newValue
            } else {
                attributes.append((CodePointString(name), newValue))
            }
        }
    }
}
