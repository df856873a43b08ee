import Foundation
import SpyreEngine
import SpyreTokenizer

/// How the messages become a prompt.
struct ChatPromptFields: Sendable {
    let addsGenerationPrompt: Bool
    /// The last message is begun, and the model goes on with it.
    let continuesFinalMessage: Bool
    let addsSpecialTokens: Bool
    /// Further variables for the template.
    let variables: [String: TemplateValue]

    init(_ fields: FieldReader, _ messages: [ChatMessage]) throws(APIError) {
        continuesFinalMessage = try fields.bool("continue_final_message") ?? false
        addsGenerationPrompt = try fields.bool("add_generation_prompt") ?? !continuesFinalMessage
        guard !(addsGenerationPrompt && continuesFinalMessage) else {
            throw fields.fail("continue_final_message", "excludes add_generation_prompt")
        }
        if continuesFinalMessage, (messages.last?.content ?? "").isEmpty {
            throw fields.fail("continue_final_message", "needs a last message with a text")
        }
        addsSpecialTokens = try fields.bool("add_special_tokens") ?? false
        if fields.value("chat_template") != nil {
            throw fields.fail("chat_template", "is not accepted; the model's own is used")
        }
        var variables: [String: TemplateValue] = [:]
        if let given = try fields.templateValue("chat_template_kwargs") {
            guard case .mapping(let mapping) = given else {
                throw fields.fail("chat_template_kwargs", "must be an object")
            }
            for entry in mapping {
                guard entry.key != "messages", entry.key != "tools" else {
                    throw fields.fail("chat_template_kwargs", "must not set \(entry.key)")
                }
                variables[entry.key] = entry.value
            }
        }
        if let documents = try fields.templateValue("documents") { variables["documents"] = documents }
        self.variables = variables
    }

    /// The prompt of a conversation, as text.
    ///
    /// - Throws: `ChatTemplateError` when the template refuses the conversation.
    func text(_ messages: [ChatMessage], tools: ToolFields, template: ChatPrompt) throws -> String {
        let text = try template.text(
            messages, addGenerationPrompt: addsGenerationPrompt, tools: tools.schemas, variables: variables)
        guard continuesFinalMessage, let last = messages.last?.content else { return text }
        // What the template puts behind the last message would end it.
        guard let range = text.range(of: last, options: .backwards) else {
            throw APIError.field("continue_final_message", "is not possible with the model's chat template")
        }
        return String(text[..<range.upperBound])
    }
}
