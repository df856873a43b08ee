import Foundation
import SpyreTokenizer
import Testing

@Suite struct ChatMessageTests {
    @Test func fieldsKeepTheirOrderAndAreAllKept() throws {
        let json =
            #"{"role":"assistant","zeta":1,"content":null,"tool_calls":[{"b":1,"a":{"y":2.0}}],"x":{"k":"v"}}"#
        let message = try ChatMessage(TemplateValue(json: json))
        #expect(message.fields.keys == ["role", "zeta", "content", "tool_calls", "x"])
        #expect(message.content == nil)
        #expect(message.fields["content"] == TemplateValue.none)
        #expect(message.toolCalls?.count == 1)
        let template = try ChatTemplate(source: "{{ messages[0]|tojson(separators=(',', ':')) }}")
        #expect(try template.render(messages: [message]) == json)
    }

    @Test func absentAndNullContentDiffer() throws {
        let template = try ChatTemplate(
            source: "{% for m in messages %}{{ m.content is defined }}{{ m.content is none }};{% endfor %}")
        let messages = [
            ChatMessage(role: "user", content: "x"), ChatMessage(role: "assistant"),
            try ChatMessage(TemplateValue(json: #"{"role": "assistant", "content": null}"#)),
        ]
        #expect(try template.render(messages: messages) == "TrueFalse;FalseFalse;TrueTrue;")
    }

    @Test func memberwiseFieldsReachTheTemplate() throws {
        let message = ChatMessage(
            role: "tool", content: "c", name: "n", toolCalls: [["id": 1]], toolCallID: "i",
            additional: {
                var fields = TemplateMapping()
                fields["reasoning_content"] = "r"
                return fields
            }())
        let template = try ChatTemplate(source: "{{ messages[0] }}")
        #expect(
            try template.render(messages: [message])
                == "{'role': 'tool', 'content': 'c', 'name': 'n', 'tool_calls': [{'id': 1}], "
                + "'tool_call_id': 'i', 'reasoning_content': 'r'}"
        )
        #expect(message.role == "tool" && message.name == "n" && message.toolCallID == "i")
    }

    @Test func codableRoundTrip() throws {
        let message = try JSONDecoder().decode(
            ChatMessage.self, from: Data(#"{"role":"user","content":"é","n":[1,2.5,true,null,{"a":"b"}]}"#.utf8))
        #expect(message.content == "é")
        #expect(message.fields["n"] == [1, 2.5, true, TemplateValue.none, ["a": "b"]])
        let again = try JSONDecoder().decode(ChatMessage.self, from: JSONEncoder().encode(message))
        #expect(again == message)
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(ChatMessage.self, from: Data(#"{"content":"x"}"#.utf8))
        }
        #expect(throws: ChatTemplateError.self) { try ChatMessage(["role": 1]) }
        #expect(throws: ChatTemplateError.self) { try ChatMessage("user") }
    }

    @Test func variablesOfTransformersAreThere() throws {
        let template = try ChatTemplate(
            source:
                "{{ tools is none }}{{ documents is none }}{{ bos_token is defined }}{{ eos_token }}"
                + "{{ add_generation_prompt }}{{ thinking }}"
        )
        let text = try template.render(
            messages: [], addGenerationPrompt: false, eosToken: "</s>",
            extra: ["thinking": true, "documents": .list([])])
        #expect(text == "TrueFalseFalse</s>FalseTrue")
    }

    @Test func rendersOnManyThreadsAtOnce() async throws {
        let template = try ChatTemplate(
            source:
                "{% set ns = namespace(n=0) %}{% for m in messages %}"
                + "{% set ns.n = ns.n + m.content|int %}{% endfor %}{{ ns.n }}"
        )
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for count in 0..<32 {
                group.addTask {
                    let messages = (0..<count).map { ChatMessage(role: "user", content: String($0)) }
                    return try template.render(messages: messages) == String(count * (count - 1) / 2)
                }
            }
            for try await isRight in group { #expect(isRight) }
        }
    }
}

@Suite struct TemplateValueTests {
    @Test func jsonKeepsNumbersAndKeysApart() throws {
        let value = try TemplateValue(
            json: #" {"b": 1, "a": 1.0, "c": -0.5e2, "é": "\u00e9\ud83c\udf0d\n", "e\u0301": true, "b": 2} "#)
        guard case .mapping(let mapping) = value else {
            Issue.record("not a mapping")
            return
        }
        #expect(mapping.keys.count == 5)
        #expect(mapping["b"] == 2)
        #expect(mapping["a"] == 1.0)
        #expect(mapping["a"] != 1)
        #expect(mapping["c"] == -50.0)
        #expect(mapping["é"] == "é🌍\n")
        #expect(TemplateValue.string("\u{E9}") != .string("e\u{301}"))
    }

    @Test(arguments: [
        "", "{", "[1,]", "{\"a\":}", "{\"a\" 1}", "{a: 1}", "01", "1.", ".5", "+1", "1e", "nul", "tru", "\"a",
        "\"\\x\"", "\"\\u12\"", "\"\\ud800\"", "\"\\udc00\"",
        "\"\\ud800\\u0041\"", "\"a\nb\"", "[1] 2", "99999999999999999999", "1e999", "-", "[", "{\"a\":1,}", "NaN",
    ])
    func malformedJSONIsRefused(_ text: String) {
        #expect(throws: ChatTemplateError.self) { try TemplateValue(json: text) }
    }

    @Test func mappingEditing() {
        var mapping = TemplateMapping()
        for key in ["a", "b", "c"] { mapping[key] = .string(key) }
        mapping["a"] = nil
        mapping["c"] = 3
        mapping["a"] = 1
        #expect(mapping.keys == ["b", "c", "a"])
        #expect(mapping["c"] == 3 && mapping["b"] == "b" && mapping["z"] == nil)
    }
}
