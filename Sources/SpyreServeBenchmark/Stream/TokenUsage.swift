/// How many tokens the server says that a request had.
package struct TokenUsage: Sendable, Equatable {
    package var promptTokens: Int?
    package var completionTokens: Int

    package init(promptTokens: Int?, completionTokens: Int) {
        self.promptTokens = promptTokens
        self.completionTokens = completionTokens
    }
}
