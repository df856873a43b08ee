/// What a request asks the model to continue or to answer.
package enum BenchmarkPrompt: Sendable, Equatable {
    case tokens([Int])
    case text(String)
    /// The messages of a conversation, as they go to the server.
    case messages(JSONValue)

    /// As far as the client knows.
    package var tokenCount: Int? {
        guard case .tokens(let ids) = self else { return nil }
        return ids.count
    }
}
