/// String keys to values, in insertion order. Assigning an existing key keeps its place.
public struct TemplateMapping: Sendable, Equatable {
    public private(set) var entries: [(key: String, value: TemplateValue)] = []
    private var positions: [CodePointString: Int] = [:]

    public init() {}

    public var count: Int { entries.count }
    public var keys: [String] { entries.map(\.key) }

    public subscript(key: String) -> TemplateValue? {
        get { positions[CodePointString(key)].map { entries[$0].value } }
        set {
            guard let newValue else { return remove(key) }
            if let position = positions[CodePointString(key)] {
                entries[position].value = newValue
            } else {
                positions[CodePointString(key)] = entries.count
                entries.append((key, newValue))
            }
        }
    }

    private mutating func remove(_ key: String) {
        guard let position = positions.removeValue(forKey: CodePointString(key)) else { return }
        entries.remove(at: position)
        for index in position..<entries.count { positions[CodePointString(entries[index].key)] = index }
    }

    /// Equal keys and values; the order does not count, as in Python.
    public static func == (left: TemplateMapping, right: TemplateMapping) -> Bool {
        left.count == right.count && left.entries.allSatisfy { right[$0.key] == $0.value }
    }
}

extension TemplateMapping: Sequence {
    public func makeIterator() -> IndexingIterator<[(key: String, value: TemplateValue)]> { entries.makeIterator() }
}
