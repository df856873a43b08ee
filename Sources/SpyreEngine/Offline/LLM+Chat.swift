import SpyreTokenizer

extension LLM {
    /// A conversation as a prompt, by the model's own chat template.
    ///
    /// - Parameters:
    ///   - messages: oldest first.
    ///   - addGenerationPrompt: whether the prompt ends with what opens the assistant's answer.
    ///   - tools: JSON schemas of the tools on offer.
    /// - Throws: `EngineError.noChatTemplate`, or `ChatTemplateError` when the template refuses the conversation.
    public func chatPrompt(
        _ messages: [ChatMessage], addGenerationPrompt: Bool = true, tools: [TemplateValue]? = nil
    ) throws -> Prompt {
        let chat = try ChatPrompt(tokenizer: tokenizer)
        return .tokens(try chat.tokenIDs(messages, addGenerationPrompt: addGenerationPrompt, tools: tools))
    }
}
