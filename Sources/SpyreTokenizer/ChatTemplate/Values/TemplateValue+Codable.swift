extension TemplateValue: Codable {
    /// Decodes any JSON value. The keys of objects are sorted, because `Decoder` does not keep their order;
    /// `init(json:)` does.
    public init(from decoder: any Decoder) throws {
        if let container = try? decoder.container(keyedBy: AnyKey.self) {
            var mapping = TemplateMapping()
            for key in container.allKeys.sorted(by: { $0.stringValue < $1.stringValue }) {
                mapping[key.stringValue] = try container.decode(TemplateValue.self, forKey: key)
            }
            self = .mapping(mapping)
        } else if var container = try? decoder.unkeyedContainer() {
            var items: [TemplateValue] = []
            while !container.isAtEnd { items.append(try container.decode(TemplateValue.self)) }
            self = .list(items)
        } else {
            self = try TemplateValue(scalar: decoder.singleValueContainer())
        }
    }

    private init(scalar container: any SingleValueDecodingContainer) throws {
        if container.decodeNil() {
            self = .none
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Int.self) {
            self = .int(value)
        } else if let value = try? container.decode(Double.self) {
            self = .double(value)
        } else {
            self = .string(try container.decode(String.self))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        switch self {
        case .none: try encodeScalar { try $0.encodeNil() }
        case .bool(let value): try encodeScalar { try $0.encode(value) }
        case .int(let value): try encodeScalar { try $0.encode(value) }
        case .double(let value): try encodeScalar { try $0.encode(value) }
        case .string(let value): try encodeScalar { try $0.encode(value) }
        case .list(let items):
            var container = encoder.unkeyedContainer()
            for item in items { try container.encode(item) }
        case .mapping(let mapping):
            var container = encoder.container(keyedBy: AnyKey.self)
            for entry in mapping { try container.encode(entry.value, forKey: AnyKey(stringValue: entry.key)) }
        }

        func encodeScalar(_ body: (inout any SingleValueEncodingContainer) throws -> Void) throws {
            var container = encoder.singleValueContainer()
            try body(&container)
        }
    }

    private struct AnyKey: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }
}
