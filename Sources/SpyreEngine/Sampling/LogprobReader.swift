import Foundation

/// Log-probabilities from a row of the model's own logits, before any rule of the request (vLLM's `raw_logprobs`).
///
/// log softmax(x)ᵢ = (xᵢ - max) - ln Σ e^(xⱼ - max), with the sum and the result in double precision; the terms are
/// single precision with a relative error below 2e-7, which bounds the absolute error of the result by that, too.
/// Scratch memory of one thread.
public struct LogprobReader: Sendable {
    private var selection = RadixSelection()

    public init() {}

    /// The log-probability of one token and nothing else, without its rank: the cheapest call, for scoring.
    ///
    /// - Throws: `SamplingError` for rows with NaN, +infinity or only -infinity, and for ids outside of the row.
    public func logprob(of token: Int, in row: UnsafeBufferPointer<Float>) throws(SamplingError) -> Double {
        try Self.check(token, in: row)
        let maximum = try LogitsRow.maximum(row)
        return Double(row[token]) - Self.logNormalizer(row, maximum: maximum.value)
    }

    /// The log-probability and rank of `token` and of the `count` most likely tokens.
    ///
    /// - Parameter count: how many; -1 and anything beyond the vocabulary mean all of it.
    public mutating func logprobs(
        of token: Int, top count: Int, in row: UnsafeBufferPointer<Float>
    ) throws(SamplingError) -> TokenLogprobs {
        try Self.check(token, in: row)
        let maximum = try LogitsRow.maximum(row)
        let normalizer = Self.logNormalizer(row, maximum: maximum.value)
        let own = TokenLogprob(
            tokenID: token, logprob: Double(row[token]) - normalizer, rank: Self.rank(of: token, in: row))
        let top = topTokens(count < 0 ? row.count : min(count, row.count), in: row)
        return TokenLogprobs(
            token: own,
            top: top.enumerated().map { place, token in
                TokenLogprob(tokenID: token, logprob: Double(row[token]) - normalizer, rank: place + 1)
            })
    }

    private static func check(_ token: Int, in row: UnsafeBufferPointer<Float>) throws(SamplingError) {
        guard token >= 0, token < row.count else {
            throw .tokenOutOfRange(tokenID: token, vocabularySize: row.count)
        }
    }

    private static func logNormalizer(_ row: UnsafeBufferPointer<Float>, maximum: Float) -> Double {
        Double(maximum) + log(VectorExp.sum(row, shift: maximum))
    }

    private static func rank(of token: Int, in row: UnsafeBufferPointer<Float>) -> Int {
        let logit = row[token]
        var before = 0
        LogitsRow.forEachIndex(of: row, atLeast: logit) { index in
            if row[index] > logit || index < token { before += 1 }
        }
        return before + 1
    }

    /// The ids of the `count` greatest logits in descending order, equal ones by ascending id.
    private mutating func topTokens(_ count: Int, in row: UnsafeBufferPointer<Float>) -> [Int] {
        guard count > 0 else { return [] }
        let threshold = selection.greatest(count, of: row)
        var tokens: [Int] = []
        LogitsRow.forEachIndex(of: row, atLeast: threshold) { tokens.append($0) }
        tokens.sort { row[$0] > row[$1] || (row[$0] == row[$1] && $0 < $1) }
        return Array(tokens.prefix(count))
    }
}
