import SpyreTokenizer

/// Turns conversations into prompts with a model's own chat template.
public struct ChatPrompt: Sendable {
    private let template: ChatTemplate
    private let tokenizer: any Tokenizer

    /// - Throws: `EngineError.noChatTemplate`, or `ChatTemplateError` for a template that cannot be used.
    public init(tokenizer: any Tokenizer) throws {
        guard let source = tokenizer.chatTemplateSource else { throw EngineError.noChatTemplate }
        template = try ChatTemplate(source: source)
        self.tokenizer = tokenizer
    }

    /// The prompt as text.
    ///
    /// - Parameters:
    ///   - messages: oldest first.
    ///   - addGenerationPrompt: whether the prompt ends with what opens the assistant's answer.
    ///   - tools: JSON schemas of the tools on offer.
    ///   - variables: further ones for the template; they win over the others.
    public func text(
        _ messages: [ChatMessage], addGenerationPrompt: Bool = true, tools: [TemplateValue]? = nil,
        variables: [String: TemplateValue] = [:]
    ) throws -> String {
        try template.render(
            messages: messages, addGenerationPrompt: addGenerationPrompt, tools: tools,
            bosToken: tokenizer.specialTokens.bos?.text, eosToken: tokenizer.specialTokens.eos?.text, extra: variables)
    }

    /// The prompt as token ids. The template writes all special tokens itself, so none is added.
    public func tokenIDs(
        _ messages: [ChatMessage], addGenerationPrompt: Bool = true, tools: [TemplateValue]? = nil
    ) throws -> [Int] {
        let text = try text(messages, addGenerationPrompt: addGenerationPrompt, tools: tools)
        return try tokenizer.encode(text, options: EncodeOptions(addSpecialTokens: false))
    }
}
