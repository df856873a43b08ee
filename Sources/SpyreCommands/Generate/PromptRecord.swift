import Foundation
import SpyreEngine

/// One request of a prompts file: `{"prompt": …}` or `{"prompt_ids": […]}` and any sampling field.
struct PromptRecord: Equatable {
    let prompt: Prompt
    let params: SamplingParams
    /// Whether neither the line nor its defaults said how long the output may be; a line that says null has said it.
    let needsMaxTokens: Bool

    static let expected = #"{"prompt": "…"} or {"prompt_ids": [1, 2, …]} with any sampling field"#

    private struct Fields: Decodable {
        let prompt: String?
        let promptIDs: [Int]?

        enum CodingKeys: String, CodingKey, CaseIterable {
            case prompt
            case promptIDs = "prompt_ids"
        }
    }

    /// Whether a line has the field, with whatever value.
    private struct Presence: Decodable {
        let maxTokens: Bool

        private enum CodingKeys: String, CodingKey {
            case maxTokens = "max_tokens"
        }

        init(from decoder: any Decoder) throws {
            maxTokens = try decoder.container(keyedBy: CodingKeys.self).contains(.maxTokens)
        }
    }

    init(prompt: Prompt, params: SamplingParams, needsMaxTokens: Bool = false) {
        self.prompt = prompt
        self.params = params
        self.needsMaxTokens = needsMaxTokens
    }

    /// - Parameter defaults: what the line does not say.
    init(line: Data, defaults: SamplingParams) throws(CommandFailure) {
        let fields = try JSONRecord.decode(Fields.self, from: line, expected: Self.expected)
        switch (fields.prompt, fields.promptIDs) {
        case (let text?, nil): prompt = .text(text)
        case (nil, let ids?):
            try Self.check(ids)
            prompt = .tokens(ids)
        case (nil, nil): throw CommandFailure("has no prompt; expected \(Self.expected)")
        case (_?, _?): throw CommandFailure("has both prompt and prompt_ids; give one of them")
        }
        let given = try JSONRecord.decode(Presence.self, from: line, expected: Self.expected)
        needsMaxTokens = defaults.maxTokens == nil && !given.maxTokens
        do {
            params = try SamplingParams.decode(
                json: line, defaults: defaults, otherFields: Set(Fields.CodingKeys.allCases.map(\.rawValue)))
            try params.validate(vocabularySize: nil, maximumModelLength: nil, limits: .offline())
        } catch {
            throw CommandFailure(error.description)
        }
    }

    /// What is wrong for every model.
    private static func check(_ ids: [Int]) throws(CommandFailure) {
        guard !ids.isEmpty else { throw CommandFailure("prompt_ids is empty; give it at least one token id") }
        guard let place = ids.firstIndex(where: { $0 < 0 }) else { return }
        throw CommandFailure("prompt_ids[\(place)] must be a token id of at least 0, got \(ids[place])")
    }
}
