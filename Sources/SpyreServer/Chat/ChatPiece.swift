/// A piece of what a model says in a conversation.
enum ChatPiece: Sendable, Equatable {
    case content(String)
    /// A call of a tool begins.
    case toolCall(index: Int, id: String, name: String)
    /// More of the JSON text of its arguments.
    case arguments(index: Int, String)
}
