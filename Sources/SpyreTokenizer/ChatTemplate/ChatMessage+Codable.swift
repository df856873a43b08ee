extension ChatMessage: Codable {
    /// Decodes a JSON object. `Decoder` does not keep the order of keys: where the order of nested objects matters
    /// (tool calls printed by `tojson`), parse with `TemplateValue(json:)` and use `init(_:)`.
    public init(from decoder: any Decoder) throws {
        let value = try TemplateValue(from: decoder)
        do {
            try self.init(value)
        } catch {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: error.description))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        try TemplateValue.mapping(fields).encode(to: encoder)
    }
}
