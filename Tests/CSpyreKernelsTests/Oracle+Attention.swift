import CSpyreKernels
import Foundation

extension Oracle {
    /// Keys or values as a cache of `type` keeps them.
    static func kept(_ x: [Float], type: Int) -> [Double] {
        x.map { Double(type == SPYRE_TYPE_F32 ? $0 : float(bfloat16: bfloat16($0))) }
    }

    /// Attention of one query of `token` over the tokens up to it, in float64, and how far float32 may be from it.
    /// Keys and values are `[tokens][kvHeads][query.count]`. The error of a score is gamma(size + 1) of the sizes of
    /// its products, which exp turns into a relative one; the sums over n tokens add gamma(n) each.
    static func attention(
        query: ArraySlice<Float>, keys: [Double], values: [Double], token: Int, kvHead: Int, kvHeads: Int
    ) -> [(value: Double, error: Double)] {
        let size = query.count
        func at(_ t: Int) -> Int { (t * kvHeads + kvHead) * size }
        var sizes = 0.0
        let scores = (0...token).map { t in
            var score = 0.0, sum = 0.0
            for (i, q) in zip(0..., query) {
                let product = Double(q) * keys[at(t) + i] / Double(size).squareRoot()
                score += product
                sum += abs(product)
            }
            sizes = max(sizes, sum)
            return score
        }
        let top = scores.max() ?? 0
        let powers = scores.map { exp($0 - top) }
        let sum = powers.reduce(0, +)
        let relative = 2 * gamma(size + 3) * (2 * sizes + 1) + 2 * gamma(token + 8)
        return (0..<size).map { i in
            var exact = 0.0, magnitude = 0.0
            for t in 0...token {
                exact += powers[t] / sum * values[at(t) + i]
                magnitude += powers[t] / sum * abs(values[at(t) + i])
            }
            return (exact, relative * magnitude)
        }
    }
}
