/// Why no token could be chosen from a row of logits. It concerns one sequence only; others of the batch go on.
public enum SamplingError: Error, Equatable, Sendable {
    /// The model's logit for this token id is NaN.
    case notANumber(tokenID: Int)
    /// The model's logit for this token id is +infinity.
    case infiniteLogit(tokenID: Int)
    /// All logits are -infinity. `ruled` tells whether rules of the request (allowed ids, bad words, minimum length,
    /// biases) did it, or the model.
    case noTokenLeft(vocabularySize: Int, ruled: Bool)
    /// The row does not have one logit for each token id that the sequence was made for.
    case wrongRowLength(expected: Int, got: Int)
    /// A log-probability was asked for a token id that is not in the row.
    case tokenOutOfRange(tokenID: Int, vocabularySize: Int)
}

extension SamplingError: CustomStringConvertible {
    /// One line: what was wrong, where, and what to do.
    public var description: String {
        switch self {
        case .notANumber(let token):
            "the model's logit for token id \(token) is not a number; \(Self.checkWeights)"
        case .infiniteLogit(let token):
            "the model's logit for token id \(token) is +infinity; \(Self.checkWeights)"
        case .noTokenLeft(let count, true):
            "no token is left to sample: allowed_token_ids, bad_words, min_tokens and logit_bias together rule out "
                + "all \(count) token ids; relax one of them"
        case .noTokenLeft(let count, false):
            "no token is left to sample: all \(count) logits are -infinity; \(Self.checkWeights)"
        case .wrongRowLength(let expected, let got):
            "internal error, please report it: a row of \(expected) logits was expected, got \(got)"
        case .tokenOutOfRange(let token, let count):
            "token id \(token) is outside of the vocabulary (0..<\(count)); "
                + "use ids of this model's tokenizer"
        }
    }

    private static let checkWeights = "check the model's files, or try --dtype float32"
}
