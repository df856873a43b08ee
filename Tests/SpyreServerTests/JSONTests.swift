import NIOCore
import Testing

@testable import SpyreServer

/// The reader of requests and the writer of answers.
@Suite struct JSONTests {
    private func parse(_ text: String) throws -> JSONValue { try JSONParser.parse(Array(text.utf8)) }

    @Test func valuesAndTheirOrder() throws {
        let value = try parse(#" {"b": [1, -2.5, true, null], "a": {"x": "y\n\u00e9\ud83d\ude00"}, "b2": -0} "#)
        guard case .object(let object) = value else {
            Issue.record("\(value)")
            return
        }
        #expect(object.members.map(\.name) == ["b", "a", "b2"])
        #expect(object["b"] == .array([.integer(1), .number(-2.5), .bool(true), .null]))
        guard case .object(let inner)? = object["a"] else {
            Issue.record("\(value)")
            return
        }
        #expect(inner["x"] == .string("y\né😀"))
        #expect(object["b2"] == .integer(0))
    }

    @Test func theLastOfEqualNamesCounts() throws {
        guard case .object(let object) = try parse(#"{"a": 1, "b": 2, "a": 3}"#) else { return }
        #expect(object.members.map(\.value) == [.integer(3), .integer(2)])
    }

    /// What Python's writer puts out, or no type can hold, is kept for the field's own error.
    @Test(arguments: ["NaN", "Infinity", "-Infinity", "1e999", "123456789012345678901234567890"])
    func numbersThatAreNone(text: String) throws { #expect(try parse(text) == .notANumber(text)) }

    @Test(arguments: [
        "", "{", "[1,", "[1 2]", "{\"a\" 1}", "{a: 1}", "\"abc", "\"\\x\"", "\"\\ud800\"", "\"\\ud800\\u0041\"",
        "\"\\udc00\"",
        "01", "1.", "+1", ".5", "1e", "-", "tru", "nul", "Na", "1 2", "\"a\u{1}\"", "[1]]", "{\"a\":1,}", "[1,]",
        "\u{FEFF}1",
    ])
    func whatIsNoJSONIsRefused(text: String) { #expect(throws: APIError.self) { try parse(text) } }

    @Test func bytesThatAreNoTextAreRefused() {
        for bytes: [UInt8] in [[0x22, 0xFF, 0x22], [0x22, 0xC3, 0x22], [0xFF], [0x22, 0xED, 0xA0, 0x80, 0x22]] {
            #expect(throws: APIError.self) { try JSONParser.parse(bytes) }
        }
    }

    @Test func depthIsBounded() throws {
        _ = try parse(String(repeating: "[", count: 64) + String(repeating: "]", count: 64))
        #expect(throws: APIError.self) {
            try parse(String(repeating: "[", count: 65) + String(repeating: "]", count: 65))
        }
        #expect(throws: APIError.self) { try parse(String(repeating: "{\"a\":", count: 100_000)) }
    }

    @Test func writtenTextReadsBack() throws {
        let text = "quote \" backslash \\ newline \n tab \t bell \u{7} é 😀 \u{2028} /"
        var writer = JSONWriter()
        writer.object { fields in
            fields.member("text", text)
            fields.member("none", nil as String?)
            fields.member("number", 3)
            fields.member("fraction", 0.25)
            fields.member("floor", -Double.infinity)
            fields.member("flag", true)
            fields.member("list") { $0.array([1, 2]) { $0.value($1) } }
            fields.member("empty") { $0.object { _ in } }
            fields.member(named: "a \"name\"", 1.5)
        }
        guard case .object(let object) = try JSONParser.parse(Array(writer.buffer.readableBytesView)) else { return }
        #expect(object["text"] == .string(text))
        #expect(object["none"] == .null)
        #expect(object["number"] == .integer(3))
        #expect(object["fraction"] == .number(0.25))
        #expect(object["floor"] == .number(-9999))
        #expect(object["flag"] == .bool(true))
        #expect(object["list"] == .array([.integer(1), .integer(2)]))
        #expect(object["empty"] == .object(JSONObject()))
        #expect(object["a \"name\""] == .number(1.5))
        #expect(object.members.count == 9)
    }
}
