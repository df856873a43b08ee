import Foundation
import SpyreEngine
import SpyreTokenizer

/// Answers the input lines of `spyre tokenize`.
struct TokenizerLines {
    enum Mode {
        case encode, decode, chat
    }

    private let tokenizer: any Tokenizer
    private let mode: Mode
    private let addSpecialTokens: Bool
    private let addGenerationPrompt: Bool
    private let skipSpecialTokens: Bool
    private let chatPrompt: ChatPrompt?

    /// - Throws: `EngineError.noChatTemplate` for conversations and a model without a template.
    init(
        tokenizer: any Tokenizer, mode: Mode, addSpecialTokens: Bool = true, addGenerationPrompt: Bool = true,
        skipSpecialTokens: Bool = false
    ) throws {
        self.tokenizer = tokenizer
        self.mode = mode
        self.addSpecialTokens = addSpecialTokens
        self.addGenerationPrompt = addGenerationPrompt
        self.skipSpecialTokens = skipSpecialTokens
        chatPrompt = mode == .chat ? try ChatPrompt(tokenizer: tokenizer) : nil
    }

    func encode(_ text: String) throws -> [Int] {
        try tokenizer.encode(text, options: EncodeOptions(addSpecialTokens: addSpecialTokens))
    }

    func row(_ line: Data) throws -> TokenizerRow {
        switch mode {
        case .encode:
            let expected = #"a JSON string such as "Hello" (or give the text with --text)"#
            return TokenizerRow(ids: try encode(JSONRecord.decode(String.self, from: line, expected: expected)))
        case .decode:
            return TokenizerRow(text: try decode(IDsRecord(line: line).ids))
        case .chat:
            return try conversation(line)
        }
    }

    /// The tokenizer itself skips what it does not know, which here would hide a mistake.
    private func decode(_ ids: [Int]) throws(CommandFailure) -> String {
        let vocabulary = 0..<tokenizer.vocabularySize
        if let id = ids.first(where: { !vocabulary.contains($0) }) {
            throw CommandFailure("id \(id) is not in the vocabulary (\(vocabulary)); use ids of this model's tokenizer")
        }
        return tokenizer.decode(ids, skipSpecialTokens: skipSpecialTokens)
    }

    private func conversation(_ line: Data) throws -> TokenizerRow {
        guard let chatPrompt else { throw EngineError.noChatTemplate }
        let record = try ConversationRecord(line: line)
        let prompt = addGenerationPrompt
        return TokenizerRow(
            ids: try chatPrompt.tokenIDs(record.messages, addGenerationPrompt: prompt, tools: record.tools),
            text: try chatPrompt.text(record.messages, addGenerationPrompt: prompt, tools: record.tools))
    }
}
