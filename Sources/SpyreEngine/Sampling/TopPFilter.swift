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
        let nucleus = candidates.values.withUnsafeBufferPointer {
            selection.nucleus(of: $0, target: topP * candidates.total)
        }
        candidates.keep(nucleus)
    }
}
