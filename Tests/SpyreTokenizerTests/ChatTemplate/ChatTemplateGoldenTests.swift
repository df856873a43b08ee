import Foundation
import SpyreTokenizer
import Testing

@Suite struct ChatTemplateGoldenTests {
    @Test func constructsRenderAsInJinja() throws {
        try check(ChatTemplateCorpus(named: "constructs.jsonl"), atLeast: 150)
    }

    @Test func randomTemplatesRenderAsInJinja() throws {
        try check(ChatTemplateCorpus(named: "fuzz.jsonl"), atLeast: 300)
    }

    /// A corpus of any size from fuzz_chat_templates.py.
    @Test(.enabled(if: ProcessInfo.processInfo.environment["SPYRE_CHAT_TEMPLATE_CORPUS"] != nil))
    func givenCorpusRendersAsInJinja() throws {
        let path = try #require(ProcessInfo.processInfo.environment["SPYRE_CHAT_TEMPLATE_CORPUS"])
        try check(ChatTemplateCorpus(file: URL(fileURLWithPath: path)), atLeast: 1)
    }

    private func check(_ corpus: ChatTemplateCorpus, atLeast minimum: Int) throws {
        let variables = ChatTemplateCorpus.variables(try corpus.mapping("variables"))
        #expect(corpus.rows.count >= minimum)
        for row in corpus.rows {
            let source = try row.string("template")
            let expectation = try ChatTemplateCorpus.expectation(of: row)
            let difference = ChatTemplateCorpus.difference(expectation) { () throws(ChatTemplateError) in
                try ChatTemplateCorpus.template(source).render(variables: variables)
            }
            #expect(difference == nil, "\(source.debugDescription)")
        }
    }

    @Test func conversationsRenderAsInJinja() throws {
        let corpus = try ChatTemplateCorpus(named: "conversations.jsonl")
        #expect(corpus.rows.count >= 500)
        let templates = try corpus.mapping("templates")
        var parsed: [String: ChatTemplate] = [:]
        for entry in templates { parsed[entry.key] = try ChatTemplateCorpus.template(templates.string(entry.key)) }
        for row in corpus.rows {
            let template = try #require(parsed[try row.string("template")])
            try checkConversation(row, in: corpus, template)
        }
    }

    @Test(.enabled(if: DefaultModel.file != nil, "the default model is not in the cache"))
    func defaultModelRendersAsInJinja() throws {
        let corpus = try ChatTemplateCorpus(named: "default-model.jsonl")
        let source = try DefaultModel.chatTemplate()
        let expectedHash = try corpus.header.string("fnv1a")
        try #require(DefaultModel.hash(source) == expectedHash, "the model has another template")
        let template = try ChatTemplateCorpus.template(source)
        #expect(corpus.rows.count >= 80)
        for row in corpus.rows { try checkConversation(row, in: corpus, template) }
    }

    /// Renders through the interface for messages, as callers do.
    private func checkConversation(
        _ row: TemplateMapping, in corpus: ChatTemplateCorpus, _ template: ChatTemplate
    ) throws {
        let conversation = try row.string("conversation")
        let setting = try row.string("setting")
        guard case .list(let values)? = try corpus.mapping("conversations")[conversation],
            case .mapping(var extra)? = try corpus.mapping("settings")[setting]
        else { throw ChatTemplateError.invalidMessage("unknown conversation or setting") }
        let messages = try values.map { try ChatMessage($0) }
        let addsPrompt = extra["add_generation_prompt"] == true
        extra["add_generation_prompt"] = nil
        var tools: [TemplateValue]?
        if case .list(let list)? = extra["tools"] { tools = list }
        extra["tools"] = nil
        let difference = ChatTemplateCorpus.difference(try ChatTemplateCorpus.expectation(of: row)) {
            () throws(ChatTemplateError) in
            try template.render(
                messages: messages, addGenerationPrompt: addsPrompt, tools: tools, bosToken: "<s>", eosToken: "</s>",
                extra: ChatTemplateCorpus.variables(extra))
        }
        #expect(difference == nil, "\(conversation) \(setting)")
    }
}
