import SpyreTokenizer

/// How a plain text becomes a conversation with one question.
struct ChatPromptOptions: Equatable {
    var system: String?

    func messages(for text: String) -> [ChatMessage] {
        let system = system.map { [ChatMessage(role: "system", content: $0)] } ?? []
        return system + [ChatMessage(role: "user", content: text)]
    }
}
