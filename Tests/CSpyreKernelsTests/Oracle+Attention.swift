import CSpyreKernels
import Foundation

extension Oracle {
    /// One element as a cache of `type` keeps it.
    static func stored(_ x: Float, type: Int) -> Float {
        switch type {
        case SPYRE_TYPE_F32: x
        case SPYRE_TYPE_F16: Float(Float16(x))
        case SPYRE_TYPE_F8_E4M3: float(e4m3: e4m3(x))
        case SPYRE_TYPE_I8: Float(int8(x))
        default: float(bfloat16: bfloat16(x))
        }
    }

    /// Attention of one query of `token` over the tokens up to it, in float64, and how far float32 may be from it.
    /// Keys and values are `[tokens][kvHeads][query.count]`. The error of a score is gamma(size + 2) of the sizes of
    /// its products, which exp turns into a relative one; the sums over n tokens add gamma(n) each. Where the kernel
    /// rounds queries, or the weights of the values, that is a relative error of the same kind.
    static func attention(
        query: ArraySlice<Float>, keys: [Double], values: [Double], token: Int, kvHead: Int, kvHeads: Int,
        queryRounding: Double = 0, weightRounding: Double = 0
    ) -> [Expected] {
        let size = query.count
        func at(_ t: Int) -> Int { (t * kvHeads + kvHead) * size }
        var sizes = 0.0
        let scores = keys.withUnsafeBufferPointer { keys in
            (0...token).map { t in
                var score = 0.0, sum = 0.0
                for (i, q) in zip(at(t)..., query) {
                    let product = Double(q) * keys[i] / Double(size).squareRoot()
                    score += product
                    sum += abs(product)
                }
                sizes = max(sizes, sum)
                return score
            }
        }
        let top = scores.max() ?? 0
        let powers = scores.map { exp($0 - top) }
        let sum = powers.reduce(0, +)
        let score = 2 * gamma(size + 4) * (2 * sizes + 1) + 2 * queryRounding * sizes
        let relative = expm1(score) + 2 * weightRounding + 2 * gamma(token + 9)
        var exact = [Double](repeating: 0, count: size), magnitude = exact
        values.withUnsafeBufferPointer { values in
            for t in 0...token {
                for i in 0..<size {
                    exact[i] += powers[t] / sum * values[at(t) + i]
                    magnitude[i] += powers[t] / sum * abs(values[at(t) + i])
                }
            }
        }
        return (0..<size).map { i in
            Expected(
                value: exact[i], error: relative * magnitude[i] + Double(token + 2) * tiny, size: magnitude[i])
        }
    }
}
