import Foundation
import SpyreEngine

/// One request of a prompts file: `{"prompt": …}` or `{"prompt_ids": […]}` and any sampling field.
struct PromptRecord: Equatable {
    let prompt: Prompt
    let params: SamplingParams

    static let expected = #"{"prompt": "…"} or {"prompt_ids": [1, 2, …]} with any sampling field"#

    private struct Fields: Decodable {
        let prompt: String?
        let promptIDs: [Int]?

        enum CodingKeys: String, CodingKey, CaseIterable {
            case prompt
            case promptIDs = "prompt_ids"
        }
    }

    init(prompt: Prompt, params: SamplingParams) {
        self.prompt = prompt
        self.params = params
    }

    /// - Parameter defaults: what the line does not say.
    init(line: Data, defaults: SamplingParams) throws(CommandFailure) {
        let fields = try JSONRecord.decode(Fields.self, from: line, expected: Self.expected)
        switch (fields.prompt, fields.promptIDs) {
        case (let text?, nil): prompt = .text(text)
        case (nil, let ids?): prompt = .tokens(ids)
        case (nil, nil): throw CommandFailure("has no prompt; expected \(Self.expected)")
        case (_?, _?): throw CommandFailure("has both prompt and prompt_ids; give one of them")
        }
        do {
            params = try SamplingParams.decode(
                json: line, defaults: defaults, otherFields: Set(Fields.CodingKeys.allCases.map(\.rawValue)))
        } catch {
            throw CommandFailure(error.description)
        }
    }
}
