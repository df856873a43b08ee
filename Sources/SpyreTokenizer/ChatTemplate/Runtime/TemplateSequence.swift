/// An immutable list, tuple, range, or view of a mapping.
final class TemplateSequence {
    enum Kind: String {
        case list, tuple, range
        case keys = "dict_keys"
        case values = "dict_values"
        case items = "dict_items"

        var isView: Bool { self == .keys || self == .values || self == .items }
    }

    let kind: Kind
    let items: [TemplateObject]
    let depth: Int
    /// The bounds of a range.
    let range: TemplateRange?

    init(kind: Kind, items: [TemplateObject], depth: Int, range: TemplateRange? = nil) {
        self.kind = kind
        self.items = items
        self.depth = depth
        self.range = range
    }
}
