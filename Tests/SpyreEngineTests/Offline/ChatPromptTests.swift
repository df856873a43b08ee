import SpyreEngine
import SpyreEngineTestSupport
import SpyreTokenizer
import Testing

@Suite struct ChatPromptTests {
    private static let template = """
        {{ bos_token }}{% for m in messages %}[{{ m['role'] }}]{{ m['content'] }}{{ eos_token }}{% endfor %}\
        {% if add_generation_prompt %}[assistant]{% endif %}
        """

    private let messages = [
        ChatMessage(role: "system", content: "Be brief."), ChatMessage(role: "user", content: "Hi"),
    ]

    @Test func theTemplateWritesTheSpecialTokens() throws {
        let tokenizer = ByteTokenizer(chatTemplateSource: Self.template, addsBOS: true)
        let chat = try ChatPrompt(tokenizer: tokenizer)
        let text = "<bos>[system]Be brief.<eos>[user]Hi<eos>[assistant]"
        #expect(try chat.text(messages) == text)
        #expect(try chat.tokenIDs(messages) == text.utf8.map(Int.init))
        #expect(try chat.text(messages, addGenerationPrompt: false) == String(text.dropLast("[assistant]".count)))
        let llm = TestEngine.llm(tokenizer: tokenizer)
        #expect(try llm.chatPrompt(messages) == .tokens(text.utf8.map(Int.init)))
    }

    @Test func withoutTemplate() throws {
        let error = #expect(throws: EngineError.noChatTemplate) { try TestEngine.llm().chatPrompt(messages) }
        #expect(
            error?.description == "the model comes without a chat template; use an instruct model, or give the prompt "
                + "as plain text")
    }

    @Test func aBrokenTemplateSaysWhere() {
        #expect(throws: ChatTemplateError.self) {
            try ChatPrompt(tokenizer: ByteTokenizer(chatTemplateSource: "{% for %}"))
        }
    }
}
