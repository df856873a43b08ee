import Foundation
import SpyreServeBenchmark

/// One line of a prompts file. Fields other than the prompt go to the server as they are.
struct PromptLine {
    static let expected =
        #"{"prompt": "…"}, {"prompt_ids": [1, 2, …]} or {"messages": [{"role": …, "content": …}]} with any field of a request"#
    static let lengthFields = ["max_tokens", "max_completion_tokens"]
    private static let promptFields = ["prompt", "prompt_ids", "messages"]
    /// The client has to know that replies are streams.
    private static let clientFields = ["stream", "stream_options"]

    let request: BenchmarkRequest

    init(line: Data, endpoint: CompletionEndpoint) throws(CommandFailure) {
        var fields = try JSONRecord.decode([String: JSONValue].self, from: line, expected: Self.expected)
        if let field = Self.clientFields.first(where: { fields[$0] != nil }) {
            throw CommandFailure("\(field) is the client's own; leave it out")
        }
        let given = Self.promptFields.filter { fields[$0] != nil }
        guard let name = given.first, given.count == 1, let value = fields.removeValue(forKey: name) else {
            throw CommandFailure(
                given.isEmpty
                    ? "has no prompt; expected \(Self.expected)"
                    : "has \(given.joined(separator: " and ")); give one of them")
        }
        request = BenchmarkRequest(
            prompt: try Self.prompt(name, value, endpoint), maxTokens: nil, fields: fields)
    }

    private static func prompt(
        _ name: String, _ value: JSONValue, _ endpoint: CompletionEndpoint
    ) throws(CommandFailure) -> BenchmarkPrompt {
        switch (name, value, endpoint) {
        case ("prompt", .string(let text), _): return .text(text)
        case ("prompt_ids", .array(let values), .completions):
            let ids = values.compactMap { value -> Int? in if case .integer(let id) = value { id } else { nil } }
            guard !ids.isEmpty, ids.count == values.count, ids.allSatisfy({ $0 >= 0 }) else {
                throw CommandFailure("prompt_ids must be token ids, at least one; expected \(expected)")
            }
            return .tokens(ids)
        case ("messages", .array(let messages), .chat) where !messages.isEmpty: return .messages(value)
        case ("prompt_ids", _, .chat): throw CommandFailure("prompt_ids need --endpoint completions")
        case ("messages", _, .completions): throw CommandFailure("messages need --endpoint chat")
        default: throw CommandFailure("\(name) has the wrong type; expected \(expected)")
        }
    }
}
