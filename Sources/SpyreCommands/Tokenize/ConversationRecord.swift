import Foundation
import SpyreTokenizer

/// A conversation on one line: `{"messages": […]}`, and `tools` if there are any.
struct ConversationRecord {
    let messages: [ChatMessage]
    let tools: [TemplateValue]?

    private static let expected = #"expected {"messages": [{"role": "user", "content": "…"}]}"#

    /// Not read with `Codable`, because templates print tool calls in the order in which their keys came.
    init(line: Data) throws {
        guard let text = String(validating: line, as: UTF8.self) else {
            throw CommandFailure("is not valid UTF-8; convert the file (iconv)")
        }
        guard case .mapping(let fields) = try TemplateValue(json: text),
            case .list(let messages)? = fields["messages"]
        else { throw CommandFailure("has no list of messages; \(Self.expected)") }
        self.messages = try messages.map { try ChatMessage($0) }
        switch fields["tools"] {
        case nil, TemplateValue.none?: tools = nil
        case .list(let list)?: tools = list
        default: throw CommandFailure("tools is not a list; \(Self.expected)")
        }
    }
}
