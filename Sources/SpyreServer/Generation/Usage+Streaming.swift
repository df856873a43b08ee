extension Usage {
    /// The usage so far as a member of a chunk that is not the last: null unless it was asked for in every chunk.
    func writeRunning(_ stream: StreamFields, to chunk: inout JSONWriter) {
        guard stream.includesUsage else { return }
        if stream.usageIsContinuous {
            chunk.member("usage") { write(to: &$0) }
        } else {
            chunk.null("usage")
        }
    }
}

extension Generation {
    /// Tokens of the prompts that the prefix cache had, once all have ended.
    var cachedTokens: Int { streams.reduce(0) { $0 + ($1.finishedOutput?.metrics.cachedPromptTokens ?? 0) } }
}
