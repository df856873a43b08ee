/// A request that was checked: everything in it may be used without looking again.
struct PreparedRequest: Sendable {
    /// The prompt's text; nil for a prompt of token ids.
    let prompt: String?
    let promptTokenIDs: [Int]
    let params: SamplingParams
    let seed: SamplingSeed
    /// The model's end-of-sequence ids.
    let endTokens: [Int]
    let badWords: [[Int]]
    /// Tokens of prompt and output that a sequence can hold.
    let contextLength: Int

    /// The most tokens of one of its sequences whose keys and values are kept. The last token of the output is never
    /// run.
    var maximumComputedTokens: Int {
        let output = min(params.maxTokens ?? contextLength, contextLength - promptTokenIDs.count)
        return promptTokenIDs.count + max(0, output - 1)
    }
}
