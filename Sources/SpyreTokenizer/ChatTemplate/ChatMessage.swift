/// One message of a conversation: a JSON object with a `role`, kept whole and in order, so that a template sees every
/// field that the caller sent.
public struct ChatMessage: Sendable, Equatable {
    /// All fields, in their order of arrival.
    public private(set) var fields: TemplateMapping

    /// Builds a message; arguments that are `nil` leave their key out.
    public init(
        role: String, content: String? = nil, name: String? = nil, toolCalls: [TemplateValue]? = nil,
        toolCallID: String? = nil, additional: TemplateMapping = TemplateMapping()
    ) {
        fields = TemplateMapping()
        fields["role"] = .string(role)
        if let content { fields["content"] = .string(content) }
        if let name { fields["name"] = .string(name) }
        if let toolCalls { fields["tool_calls"] = .list(toolCalls) }
        if let toolCallID { fields["tool_call_id"] = .string(toolCallID) }
        for entry in additional { fields[entry.key] = entry.value }
    }

    /// Takes a message from parsed JSON.
    /// - Throws: `.invalidMessage` unless `value` is an object with a string `role`.
    public init(_ value: TemplateValue) throws(ChatTemplateError) {
        guard case .mapping(let fields) = value else { throw .invalidMessage("a message has to be a JSON object") }
        guard case .string? = fields["role"] else { throw .invalidMessage("'role' is missing or not a string") }
        self.fields = fields
    }

    public var role: String { string("role") ?? "" }

    /// The text, or nil when it is absent, null, or a list of parts (see `fields["content"]`).
    public var content: String? { string("content") }

    public var name: String? { string("name") }

    public var toolCallID: String? { string("tool_call_id") }

    /// Tool calls as JSON objects.
    public var toolCalls: [TemplateValue]? {
        guard case .list(let calls)? = fields["tool_calls"] else { return nil }
        return calls
    }

    private func string(_ key: String) -> String? {
        guard case .string(let text)? = fields[key] else { return nil }
        return text
    }
}
