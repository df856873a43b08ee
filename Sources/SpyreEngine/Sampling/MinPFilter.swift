import Foundation

/// Keeps the tokens whose probability is at least a fraction of the greatest one (N. N. Minh et al., "Turning Up the
/// Heat: Min-p Sampling", arXiv:2407.01082). The factor common to all probabilities falls out, so a bound on logits
/// does it, and tokens need not be exponentiated first: p ≥ minP·p_max ⇔ logit ≥ logit_max + temperature·ln(minP).
struct MinPFilter: Sendable {
    let minP: Double

    /// nil when every token is kept (`minP` 0).
    init?(_ params: SamplingParams) {
        guard params.minP > 0 else { return nil }
        minP = params.minP
    }

    /// The least logit that is kept.
    func threshold(maximum: Float, temperature: Double) -> Float {
        Float(Double(maximum) + temperature * log(minP))
    }
}
