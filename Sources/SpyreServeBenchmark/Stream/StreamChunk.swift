/// What a benchmark wants to know of one chunk of a streamed completion or chat completion.
package struct StreamChunk: Equatable {
    /// Whether it has any choice. The last chunk, with the usage, has none.
    package var hasChoice = false
    /// Whether there is new text, reasoning or a part of a tool call.
    package var hasOutput = false
    /// Whether it tells the role of the speaker, as the first chunk of a chat completion does.
    package var hasRole = false
    /// Whether it ends a choice.
    package var isFinish = false
    package var usage: TokenUsage?

    package init() {}

    /// - Throws: for text that is not such a chunk, and for an error that the server sent instead of one.
    package init(json bytes: [UInt8]) throws(StreamProblem) {
        var scanner = JSONScanner(bytes)
        try scanner.beginObject()
        while let key = try scanner.nextKey() {
            if scanner.matches(key, "choices"), try scanner.atArray() {
                try readChoices(&scanner)
            } else if scanner.matches(key, "usage"), try scanner.atObject() {
                try readUsage(&scanner)
            } else if scanner.matches(key, "error") {
                if try scanner.skipValue() { throw .reported(ErrorMessage.text(bytes)) }
            } else {
                try scanner.skipValue()
            }
        }
        try scanner.end()
    }

    private mutating func readChoices(_ scanner: inout JSONScanner) throws(StreamProblem) {
        try scanner.beginArray()
        while try scanner.nextElement() {
            hasChoice = true
            try scanner.beginObject()
            while let key = try scanner.nextKey() {
                if scanner.matches(key, "text") {
                    if try scanner.skipValue() { hasOutput = true }
                } else if scanner.matches(key, "finish_reason") {
                    if try scanner.skipValue() { isFinish = true }
                } else if scanner.matches(key, "delta"), try scanner.atObject() {
                    try readDelta(&scanner)
                } else {
                    try scanner.skipValue()
                }
            }
        }
    }

    private mutating func readDelta(_ scanner: inout JSONScanner) throws(StreamProblem) {
        try scanner.beginObject()
        while let key = try scanner.nextKey() {
            let isRole = scanner.matches(key, "role")
            let says = try scanner.skipValue()
            guard says else { continue }
            // content, reasoning, reasoning_content, refusal, tool_calls and what others may come to call it.
            if isRole { hasRole = true } else { hasOutput = true }
        }
    }

    private mutating func readUsage(_ scanner: inout JSONScanner) throws(StreamProblem) {
        var prompt: Int?
        var completion: Int?
        try scanner.beginObject()
        while let key = try scanner.nextKey() {
            if scanner.matches(key, "prompt_tokens") {
                prompt = try scanner.integer()
            } else if scanner.matches(key, "completion_tokens") {
                completion = try scanner.integer()
            } else {
                try scanner.skipValue()
            }
        }
        guard let completion, completion >= 0 else { return }
        usage = TokenUsage(promptTokens: prompt.flatMap { $0 >= 0 ? $0 : nil }, completionTokens: completion)
    }
}
