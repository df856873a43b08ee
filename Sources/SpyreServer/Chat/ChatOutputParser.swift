/// Tells what a model says from what it calls. A value; one for each completion.
protocol ChatOutputParser: Sendable {
    /// Takes text as it is generated; gives what is certain so far.
    mutating func push(_ text: String) -> [ChatPiece]
    /// Gives what was held back, when the completion has ended.
    mutating func finish() -> [ChatPiece]
    /// Whether there was a call: the answer's finish reason is then `tool_calls`.
    var hasCalls: Bool { get }
}

/// For conversations without tools: all is content.
struct PlainOutput: ChatOutputParser {
    mutating func push(_ text: String) -> [ChatPiece] { text.isEmpty ? [] : [.content(text)] }
    mutating func finish() -> [ChatPiece] { [] }
    var hasCalls: Bool { false }
}
