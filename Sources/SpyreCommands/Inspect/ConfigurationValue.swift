/// A value of a model's configuration, for JSON and for people.
indirect enum ConfigurationValue: Encodable, CustomStringConvertible {
    case text(String), integer(Int), number(Double), flag(Bool), integers([Int]), optional(ConfigurationValue?)

    var description: String {
        switch self {
        case .text(let text): OneLine.text(text)
        case .integer(let value): "\(value)"
        case .number(let value): "\(value)"
        case .flag(let value): "\(value)"
        case .integers(let values): values.map(String.init).joined(separator: ", ")
        case .optional(let value): value?.description ?? "none"
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .text(let text): try container.encode(text)
        case .integer(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .flag(let value): try container.encode(value)
        case .integers(let values): try container.encode(values)
        case .optional(let value?): try container.encode(value)
        case .optional(nil): try container.encodeNil()
        }
    }
}
