import Foundation

/// One line of `spyre score --json`.
struct ScoreRow: Encodable, Equatable {
    /// -ln p of each id but the first, given those before it.
    let nll: [Float]
    let meanNLL: Double
    /// exp of the mean.
    let perplexity: Double

    private enum CodingKeys: String, CodingKey {
        case nll
        case meanNLL = "mean_nll"
        case perplexity
    }

    /// - Throws: a `CommandFailure` when there is no value, or one that is not finite and so has no place in JSON.
    init(nll: [Float]) throws(CommandFailure) {
        if let index = nll.firstIndex(where: { !$0.isFinite }) {
            throw CommandFailure(
                "the token at position \(index + 1) has no finite log-probability; check the model's files")
        }
        guard !nll.isEmpty else {
            throw CommandFailure("holds fewer than two ids; the first one has nothing to be scored against; add ids")
        }
        self.nll = nll
        meanNLL = nll.reduce(0.0) { $0 + Double($1) } / Double(nll.count)
        // A mean above 709 would overflow.
        perplexity = min(exp(meanNLL), Double.greatestFiniteMagnitude)
    }

    /// `1786 tokens, mean nll 3.2412, perplexity 25.57`
    var line: String {
        "\(nll.count) tokens, mean nll \(Decimals.text(meanNLL, digits: 4)), "
            + "perplexity \(Decimals.text(perplexity, digits: 2))"
    }
}
