/// Which of the two ways of asking for text.
package enum CompletionEndpoint: String, Sendable, CaseIterable {
    case completions
    case chat

    /// Behind the server's address.
    package var path: String {
        switch self {
        case .completions: "/v1/completions"
        case .chat: "/v1/chat/completions"
        }
    }

    /// What `vllm bench serve` calls it in its results.
    package var backendName: String {
        switch self {
        case .completions: "openai"
        case .chat: "openai-chat"
        }
    }
}
