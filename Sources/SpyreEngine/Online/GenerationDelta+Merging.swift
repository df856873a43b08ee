extension GenerationDelta {
    /// Adds the piece that follows this one.
    mutating func append(_ next: GenerationDelta) {
        tokenIDs += next.tokenIDs
        text += next.text
        if let more = next.logprobs { logprobs = (logprobs.take() ?? []) + more }
        finishReason = next.finishReason
        stopReason = next.stopReason
    }

    /// Roughly what the piece takes of memory. That of two merged pieces is the sum of theirs.
    var estimatedBytes: Int {
        let entries = (logprobs ?? []).reduce(0) { $0 + 1 + $1.top.count }
        return tokenIDs.count * MemoryLayout<Int>.size + text.utf8.count + entries * MemoryLayout<TokenLogprob>.size
    }
}
