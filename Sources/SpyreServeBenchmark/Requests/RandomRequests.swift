/// Requests whose prompts and lengths are drawn by chance: token ids for completions, words for chats.
package struct RandomRequests: RequestSource, Equatable {
    /// Ids below these are often special tokens, and models with fewer than so many tokens are rare.
    package static let defaultIDs = 1000...9999

    package var endpoint: CompletionEndpoint
    package var inputLengths: ClosedRange<Int>
    package var outputLengths: ClosedRange<Int>
    package var ids: ClosedRange<Int>
    package var seed: UInt64

    package init(
        endpoint: CompletionEndpoint, inputLengths: ClosedRange<Int>, outputLengths: ClosedRange<Int>,
        ids: ClosedRange<Int> = Self.defaultIDs, seed: UInt64
    ) {
        self.endpoint = endpoint
        self.inputLengths = inputLengths
        self.outputLengths = outputLengths
        self.ids = ids
        self.seed = seed
    }

    package func request(_ index: Int) -> BenchmarkRequest {
        var random = RandomStream(seed: seed, stream: UInt64(bitPattern: Int64(index)))
        let input = random.integer(in: inputLengths)
        let output = random.integer(in: outputLengths)
        switch endpoint {
        case .completions:
            let prompt = (0..<input).map { _ in random.integer(in: ids) }
            return BenchmarkRequest(prompt: .tokens(prompt), maxTokens: output)
        case .chat:
            let words = (0..<input).map { _ in Self.words[random.integer(in: 0...Self.words.count - 1)] }
            return BenchmarkRequest(prompt: .text(words.joined(separator: " ")), maxTokens: output)
        }
    }

    /// Short and frequent, each one token of most vocabularies; so many words are about so many tokens.
    private static let words = [
        "time", "year", "people", "way", "day", "man", "thing", "woman", "life", "child", "world", "school", "state",
        "family", "student", "group", "country", "problem", "hand", "part", "place", "case", "week", "company",
        "system",
        "program", "question", "work", "number", "night", "point", "home", "water", "room", "mother", "area", "money",
        "story", "fact", "month", "lot", "right", "study", "book", "eye", "job", "word", "business", "issue", "side",
        "kind", "head", "house", "service", "friend", "father", "power", "hour", "game", "line", "end", "member", "law",
        "car",
    ]
}
