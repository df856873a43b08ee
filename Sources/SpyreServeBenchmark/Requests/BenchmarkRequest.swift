/// One request, before it is written for a server.
package struct BenchmarkRequest: Sendable, Equatable {
    package var prompt: BenchmarkPrompt
    /// nil: the request has its own, or the server's default counts.
    package var maxTokens: Int?
    /// Fields of its own, which go before those of all requests.
    package var fields: [String: JSONValue]

    package init(prompt: BenchmarkPrompt, maxTokens: Int?, fields: [String: JSONValue] = [:]) {
        self.prompt = prompt
        self.maxTokens = maxTokens
        self.fields = fields
    }
}
