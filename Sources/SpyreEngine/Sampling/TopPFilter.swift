/// Keeps the most likely tokens until their probabilities reach a sum (nucleus sampling, A. Holtzman et al., "The
/// Curious Case of Neural Text Degeneration", arXiv:1904.09751): in descending order a token is kept while those before
/// it have less than that sum, so at least one is kept. Of tokens that tie at the border those with the lowest ids are
/// kept.
struct TopPFilter: Sendable {
    let topP: Double

    /// nil when every token is kept (`topP` 1).
    init?(_ params: SamplingParams) {
        guard params.topP < 1 else { return nil }
        topP = params.topP
    }

    func apply(to candidates: inout TokenCandidates, selection: inout RadixSelection) {
        if let limit = limit(candidates.count, total: candidates.total) { candidates.drop(below: limit) }
        let nucleus = candidates.values.withUnsafeBufferPointer {
            selection.nucleus(of: $0, target: topP * candidates.total)
        }
        candidates.keep(nucleus)
    }

    /// A bound below all weights of the nucleus: those under (1 - topP) · total / count have less than (1 - topP) · total
    /// together, so the others reach the sum. nil where the margin of 10^-6 would not cover the rounding of the sums.
    ///
    /// It is the lower end of one of the selection's first buckets, so that these hold the same weights as without it, in
    /// the same order, and the nucleus is the same to the last bit.
    private func limit(_ count: Int, total: Double) -> Float? {
        guard topP < 1 - 1e-4, count > 0, count < 1 << 24 else { return nil }
        let bound = Float((1 - topP) * total / Double(count) * (1 - 1e-6))
        return RadixSelection.lowerEnd(ofBucketWith: bound)
    }
}
