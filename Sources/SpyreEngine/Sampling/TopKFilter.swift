/// Keeps the k most likely tokens. Tokens that tie with the k-th are kept too, as in vLLM, so there may be more than k.
struct TopKFilter: Sendable {
    let k: Int

    /// nil when every token is kept (`topK` 0 or -1).
    init?(_ params: SamplingParams) {
        guard params.topK > 0 else { return nil }
        k = params.topK
    }

    /// The least logit that is kept.
    func threshold(_ row: UnsafeBufferPointer<Float>, selection: inout RadixSelection) -> Float {
        k < row.count ? selection.greatest(k, of: row) : -.infinity
    }
}
