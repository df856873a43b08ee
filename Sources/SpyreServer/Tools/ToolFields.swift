import SpyreTokenizer

/// What a request says about tools.
struct ToolFields: Sendable {
    /// The schemas for the chat template; nil for a conversation without tools.
    let schemas: [TemplateValue]?

    init(_ fields: FieldReader, _ limits: RequestLimits) throws(APIError) {
        schemas = nil
        if let tools = try fields.array("tools"), !tools.isEmpty {
            throw fields.fail("tools", "is not supported")
        }
        if let choice = fields.value("tool_choice"), choice != .string("none"), choice != .string("auto") {
            throw fields.fail("tool_choice", "must be none or auto without tools, got \(choice.kind)")
        }
    }

    /// A parser for one completion.
    func makeParser() -> any ChatOutputParser { PlainOutput() }
}
