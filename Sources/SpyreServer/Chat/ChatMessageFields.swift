import SpyreTokenizer

/// Reads the messages of a conversation.
///
/// Content that comes as a list of parts becomes one text, its parts on lines of their own, as vLLM does for templates that
/// take text. The arguments of earlier tool calls, which clients send as JSON text, become objects, as templates expect.
enum ChatMessageFields {
    static func read(_ fields: FieldReader, _ limits: RequestLimits) throws(APIError) -> [ChatMessage] {
        guard let elements = try fields.array("messages") else {
            throw fields.fail("messages", "is missing; give a list of messages")
        }
        guard (1...limits.messages).contains(elements.count) else {
            throw fields.fail("messages", "must be 1 to \(limits.messages) messages, got \(elements.count)")
        }
        var messages: [ChatMessage] = []
        for (index, element) in elements.enumerated() {
            messages.append(try message(element, fields, index))
        }
        return messages
    }

    private static func message(
        _ element: JSONValue, _ fields: FieldReader, _ index: Int
    ) throws(APIError) -> ChatMessage {
        let place = "messages[\(index)]"
        guard case .object(var object) = element else {
            throw APIError(.badRequest, "\(place) must be an object, got \(element.kind)", parameter: "messages")
        }
        let reader = FieldReader(object, path: place)
        guard let role = try reader.string("role"), !role.isEmpty else { throw reader.fail("role", "is missing") }
        if case .array(let parts)? = reader.value("content") {
            object.append("content", .string(try text(of: parts, reader)))
        } else if try reader.string("content") == nil, reader.value("tool_calls") == nil, role != "assistant" {
            throw reader.fail("content", "is missing; give a text")
        }
        if let calls = try reader.array("tool_calls") {
            var converted: [JSONValue] = []
            for value in calls { converted.append(try call(value, reader)) }
            object.append("tool_calls", .array(converted))
        }
        guard let value = JSONValue.object(object).templateValue else {
            throw APIError(.badRequest, "\(place) has a number that is none", parameter: "messages")
        }
        do throws(ChatTemplateError) {
            return try ChatMessage(value)
        } catch {
            throw APIError(.badRequest, "\(place): \(error)", parameter: "messages")
        }
    }

    private static func text(of parts: [JSONValue], _ message: FieldReader) throws(APIError) -> String {
        var texts: [String] = []
        for part in parts {
            switch part {
            case .string(let text): texts.append(text)
            case .object(let object):
                let reader = FieldReader(object, path: message.place("content"))
                let type = try reader.string("type") ?? "text"
                guard type == "text" || type == "input_text" || type == "refusal" else {
                    throw reader.fail("type", "must be text: the model reads nothing else")
                }
                guard let text = try reader.string(type == "refusal" ? "refusal" : "text") else {
                    throw reader.fail("text", "is missing")
                }
                texts.append(text)
            default:
                throw message.fail("content", "must be a text or a list of text parts, got \(part.kind) in it")
            }
        }
        return texts.joined(separator: "\n")
    }

    /// A tool call with its arguments as an object.
    private static func call(_ value: JSONValue, _ message: FieldReader) throws(APIError) -> JSONValue {
        guard case .object(var call) = value else {
            throw message.fail("tool_calls", "must be objects, got \(value.kind)")
        }
        let reader = FieldReader(call, path: message.place("tool_calls"))
        guard let function = try reader.object("function") else { throw reader.fail("function", "is missing") }
        guard case .string(let text)? = function.value("arguments") else { return value }
        var parsed = JSONValue.object(JSONObject())
        if !text.isEmpty {
            do throws(APIError) {
                parsed = try JSONParser.parse(Array(text.utf8))
            } catch {
                throw function.fail("arguments", "must be JSON text")
            }
        }
        var object = function.object
        object.append("arguments", parsed)
        call.append("function", .object(object))
        return .object(call)
    }
}
