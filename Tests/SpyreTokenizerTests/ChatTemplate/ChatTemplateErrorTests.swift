import Foundation
import SpyreTokenizer
import Testing

@Suite struct ChatTemplateErrorTests {
    static let unsupported = [
        ("{% include 'a' %}", "the statement 'include'"), ("{% import 'a' as b %}", "the statement 'import'"),
        ("{% from 'a' import b %}", "the statement 'from'"), ("{% extends 'a' %}", "the statement 'extends'"),
        ("{% block a %}{% endblock %}", "the statement 'block'"), ("{% do x %}", "the statement 'do'"),
        ("{% autoescape true %}{% endautoescape %}", "the statement 'autoescape'"),
        ("{{ 1|batch(2) }}", "the filter 'batch'"),
        ("{{ 'a'|format(1) }}", "the filter 'format'"), ("{{ 1|x.y }}", "the filter 'x.y'"),
        ("{{ 1 is escaped }}", "the test 'escaped'"),
        ("{{ '%s' % 1 }}", "formatting a string with '%'"),
        ("{% for a in b recursive %}{% endfor %}", "the recursive loop"),
        ("{{ a[1, 2] }}", "a subscript with a comma"), ("{{ '\\N{DASH}' }}", "the string escape '\\N'"),
    ]

    @Test(arguments: unsupported)
    func unsupportedConstructIsNamedByTheParser(_ source: String, _ construct: String) {
        #expect(throws: ChatTemplateError.unsupported(line: 3, construct: construct)) {
            try ChatTemplate(source: "a\nb\n" + source)
        }
    }

    @Test(arguments: [
        ("{{ 'a'.format(1) }}", "the string method 'format'"), ("{{ x % 1 }}", "formatting a string with '%'"),
        ("{{ ['a']|map('batch')|list }}", "the filter 'batch'"),
        ("{{ [1]|select('nosuch')|list }}", "the test 'nosuch'"),
        ("{{ strftime_now('%Q') }}", "a conversion in the date format '%Q'"), ("{{ {(1,): 2} }}", "a tuple as a key"),
    ])
    func unsupportedConstructIsNamedAtRunTime(_ source: String, _ construct: String) throws {
        let template = try ChatTemplate(source: "a\n" + source)
        #expect(throws: ChatTemplateError.unsupported(line: 2, construct: construct)) {
            try template.render(variables: ["x": "text"])
        }
    }

    @Test(arguments: [
        ("\n\n{% if x %}\n{% endfor %}", 4), ("\n{{ (1 }}", 2), ("{{ 'a\n\nb' }}\n{{ 1 $ 2 }}", 4),
        ("{% raw %}\n{{ }}\n{% endraw %}\n{{ }}", 4),
        ("a{# \n\n #}\n{% foo %}", 4), ("\r\n\r\n{% foo %}", 3), ("\n{%- if x -%}\n\n", 2),
    ])
    func syntaxErrorsNameTheLine(_ source: String, _ line: Int) {
        let error = #expect(throws: ChatTemplateError.self) { try ChatTemplate(source: source) }
        guard case .syntax(line, _)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test(arguments: [
        ("a\n{{ x.y.z }}", 2), ("{% for a in [1] %}\n\n{{ 1 / 0 }}{% endfor %}", 3),
        ("{% macro f() %}\n{{ nope() }}\n{% endmacro %}\n{{ f() }}", 2),
        ("{{ 1 }}\n{{ [1,\n2] + 'a' }}", 3), ("{% set x %}\n{{ 'a'|round }}{% endset %}", 2),
    ])
    func runtimeErrorsNameTheLine(_ source: String, _ line: Int) throws {
        let template = try ChatTemplate(source: source)
        let error = #expect(throws: ChatTemplateError.self) { try template.render(variables: [:]) }
        guard case .runtime(line, _)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func raisedMessagesArePassedOn() throws {
        let template = try ChatTemplate(source: "{{ messages }}\n{{ raise_exception('Only ' ~ 1 ~ \" system's\") }}")
        let error = #expect(throws: ChatTemplateError.raised(line: 2, message: "Only 1 system's")) {
            try template.render(messages: [])
        }
        #expect(error?.description == "chat template line 2 refused the messages: Only 1 system's")
    }

    @Test func messagesAreOneLine() {
        let errors: [ChatTemplateError] = [
            .syntax(line: 1, message: "m"), .unsupported(line: 1, construct: "c"), .runtime(line: 2, message: "m"),
            .limitExceeded(line: 3, limit: .steps, maximum: 5), .invalidJSON(offset: 4, message: "m"),
            .invalidMessage("m"),
        ]
        for error in errors { #expect(!error.description.contains("\n") && error.description.count > 10) }
    }
}
