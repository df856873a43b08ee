import Foundation

/// Writes the JSON of requests. What all requests have in common is written once: at high rates the rest is what a
/// client works for.
package struct RequestTemplate: Sendable {
    private let endpoint: CompletionEndpoint
    private let common: [String: JSONValue]
    /// The common fields as an object without its last brace.
    private let commonBytes: [UInt8]

    /// - Parameters:
    ///   - ignoresEndOfSequence: nil leaves it to the server.
    ///   - temperature: nil leaves it to the server.
    package init(
        endpoint: CompletionEndpoint, model: String, temperature: Double? = nil, ignoresEndOfSequence: Bool = false
    ) {
        self.endpoint = endpoint
        var fields: [String: JSONValue] = [
            "model": .string(model), "stream": .bool(true),
            "stream_options": .object(["include_usage": .bool(true)]),
        ]
        if let temperature { fields["temperature"] = .number(temperature) }
        // Not a field of the original interface, so that it is only sent when it says something.
        if ignoresEndOfSequence { fields["ignore_eos"] = .bool(true) }
        common = fields
        commonBytes = Self.open(fields)
    }

    package func body(_ request: BenchmarkRequest) -> [UInt8] {
        var bytes = request.fields.isEmpty ? commonBytes : Self.open(common.merging(request.fields) { $1 })
        if let tokens = request.maxTokens {
            bytes.append(contentsOf: ",\"max_tokens\":\(tokens)".utf8)
        }
        switch (endpoint, request.prompt) {
        case (.completions, .tokens(let ids)):
            bytes.append(contentsOf: ",\"prompt\":[".utf8)
            for (place, id) in ids.enumerated() {
                if place > 0 { bytes.append(UInt8(ascii: ",")) }
                bytes.append(contentsOf: String(id).utf8)
            }
            bytes.append(UInt8(ascii: "]"))
        case (.completions, .text(let text)): append("prompt", .string(text), to: &bytes)
        case (.chat, .text(let text)):
            let message = JSONValue.object(["role": .string("user"), "content": .string(text)])
            append("messages", .array([message]), to: &bytes)
        // A caller that mixes these up gets the server's answer to it.
        case (.completions, .messages(let messages)), (.chat, .messages(let messages)):
            append("messages", messages, to: &bytes)
        case (.chat, .tokens(let ids)): append("prompt", .array(ids.map { .integer($0) }), to: &bytes)
        }
        bytes.append(UInt8(ascii: "}"))
        return bytes
    }

    private func append(_ name: String, _ value: JSONValue, to bytes: inout [UInt8]) {
        bytes.append(contentsOf: ",\"\(name)\":".utf8)
        bytes.append(contentsOf: Self.encoded(value))
    }

    private static func open(_ fields: [String: JSONValue]) -> [UInt8] { encoded(.object(fields)).dropLast() }

    private static func encoded(_ value: JSONValue) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // A JSONValue has no value that JSON has not.
        return (try? encoder.encode(value)).map { [UInt8]($0) } ?? []
    }
}
