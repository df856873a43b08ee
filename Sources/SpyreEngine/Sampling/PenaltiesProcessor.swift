/// Makes tokens less (or more) likely that were there before.
///
/// Repetition, for tokens of the prompt or the output: a logit greater than 0 is divided by the penalty, another one
/// multiplied (N. S. Keskar et al., "CTRL", arXiv:1909.05858, 4.1, with the sign rule that vLLM and transformers use).
/// Then, for tokens of the output, the frequency penalty times their count and the presence penalty are subtracted.
struct PenaltiesProcessor: LogitsProcessor {
    let repetition: Double
    let presence: Double
    let frequency: Double

    func process(_ row: UnsafeMutableBufferPointer<Float>, history: TokenHistory) {
        // The order of a dictionary is random, but every token is changed once and on its own.
        for (token, count) in history.counts {
            row.update(token) { .logit(penalized(Double($0), count: count), from: $0) }
        }
    }

    private func penalized(_ logit: Double, count: Int) -> Double {
        let repeated = logit > 0 ? logit / repetition : logit * repetition
        guard count > 0 else { return repeated }
        return repeated - frequency * Double(count) - presence
    }
}
