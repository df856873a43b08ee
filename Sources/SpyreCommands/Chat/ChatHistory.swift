import SpyreTokenizer

/// The conversation of `spyre chat`: a value, without a model.
struct ChatHistory: Equatable {
    let system: String?
    /// Questions and answers in turn, oldest first; the system message is not among them.
    private(set) var turns: [ChatMessage] = []

    init(system: String?) {
        self.system = system
    }

    var messages: [ChatMessage] { (system.map { [ChatMessage(role: "system", content: $0)] } ?? []) + turns }

    mutating func ask(_ text: String) { turns.append(ChatMessage(role: "user", content: text)) }

    mutating func answer(_ text: String) { turns.append(ChatMessage(role: "assistant", content: text)) }

    /// Takes the last question back, when it was not answered.
    mutating func takeBack() {
        if turns.last?.role == "user" { turns.removeLast() }
    }

    mutating func reset() { turns = [] }

    /// Drops the oldest questions with their answers until the prompt has at most `limit` tokens.
    ///
    /// - Parameter countTokens: tokens of the prompt that the messages make.
    /// - Returns: how many messages were dropped, and the tokens that are left. These are more than `limit` when the
    ///   last question alone does not fit.
    mutating func fit(
        limit: Int, countTokens: ([ChatMessage]) throws -> Int
    ) rethrows -> (dropped: Int, tokens: Int) {
        var dropped = 0
        var tokens = try countTokens(messages)
        while tokens > limit, turns.count > 1 {
            // To the next question: an answer without its question would confuse templates and model.
            let rest = turns.dropFirst().firstIndex { $0.role == "user" } ?? turns.count - 1
            dropped += rest
            turns.removeFirst(rest)
            tokens = try countTokens(messages)
        }
        return (dropped, tokens)
    }
}
