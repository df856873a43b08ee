import SpyreTokenizer
import Testing

@testable import SpyreCommands

@Suite struct ChatTests {
    /// One token a message and one a character of its text.
    private func tokens(_ messages: [ChatMessage]) -> Int {
        messages.reduce(0) { $0 + 1 + ($1.content?.count ?? 0) }
    }

    private func history(_ turns: Int, system: String? = nil) -> ChatHistory {
        var history = ChatHistory(system: system)
        for turn in 0..<turns {
            history.ask("q\(turn)")
            history.answer("a\(turn)")
        }
        history.ask("last")
        return history
    }

    @Test func nothingIsDroppedThatFits() {
        var full = history(3)
        let result = full.fit(limit: 100, countTokens: tokens)
        #expect(result.dropped == 0)
        #expect(result.tokens == 6 * 3 + 5)
        #expect(full == history(3))
    }

    @Test func oldestPairsAreDroppedAndTheSystemMessageStays() {
        var full = history(3, system: "s")
        // 2 of the system message, 6 a pair, 5 of the last question.
        let result = full.fit(limit: 14, countTokens: tokens)
        #expect(result.dropped == 4)
        #expect(result.tokens == 13)
        #expect(full.messages.map(\.content) == ["s", "q2", "a2", "last"])
    }

    @Test func theLastQuestionIsNeverDropped() {
        var full = history(2)
        let result = full.fit(limit: 1, countTokens: tokens)
        #expect(result.dropped == 4)
        #expect(result.tokens == 5)
        #expect(full.turns.map(\.content) == ["last"])
        full.takeBack()
        #expect(full.turns.isEmpty)
        full.answer("a")
        full.takeBack()
        #expect(full.turns.count == 1)
        full.reset()
        #expect(full.messages.isEmpty)
    }

    @Test func input() {
        #expect(ChatInput("  hello /reset ") == .question("hello /reset"))
        #expect(ChatInput("/reset") == .reset)
        #expect(ChatInput(" /help ") == .help)
        #expect(ChatInput("/exit") == .exit)
        #expect(ChatInput("/quit") == .exit)
        #expect(ChatInput(" \t") == .nothing)
        #expect(ChatInput("/frob") == .unknown("/frob"))
    }
}
