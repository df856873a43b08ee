/// Rules out the tokens that end generation until the output has its minimum length.
struct MinTokensProcessor: LogitsProcessor {
    let minimum: Int
    /// End-of-sequence ids (also with `ignore_eos`, as in vLLM) and the request's stop ids.
    let stopTokens: [Int]

    func process(_ row: UnsafeMutableBufferPointer<Float>, history: TokenHistory) {
        guard history.output.count < minimum else { return }
        for token in stopTokens { row.mask(token) }
    }
}
