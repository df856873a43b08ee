import Foundation

/// Contiguous attention of one row of one head in float64.
struct PagedAttentionOracle {
    let kernels: KernelContext
    let shape: PagedAttentionCase
    let format: CacheFormat

    static let bound =
        "(exp(2 gamma(D + 4) (2 S + 1) + 2 q S) - 1 + 2 w + 2 gamma(T + 9)) sum p|v|, S the sum of |q k|"

    /// Each value with its bound.
    func row(sequence: Int, length: Int, query row: Int, head: Int) -> [(value: Double, bound: Double)] {
        let size = shape.headSize, width = shape.kvHeads * size, kvHead = head / shape.group
        let data = PagedAttentionData(context: shape.context, prefix: shape.prefix)
        let visible = length - shape.queries + row + 1
        let queries = kernels.row(
            PagedAttentionData.queryRow + sequence * shape.queries + row, columns: shape.heads * size)
        let query = queries[head * size..<(head + 1) * size].map(Double.init)
        func kept(_ from: Int, _ token: Int) -> ArraySlice<Float> {
            kernels.row(from + data.row(sequence: sequence, token: token), columns: width)[
                kvHead * size..<(kvHead + 1) * size]
        }
        let scale = PagedAttentionData.scale(headSize: size)
        var (scores, largest) = ([Double](), 0.0)
        for token in 0..<visible {
            var (score, magnitude) = (0.0, 0.0)
            for (q, key) in zip(query, kept(PagedAttentionData.keyRow, token)) {
                let product = q * Double(format.kept(key)) * scale
                score += product
                magnitude += abs(product)
            }
            scores.append(score)
            largest = max(largest, magnitude)
        }
        let top = scores.max() ?? 0
        let powers = scores.map { exp($0 - top) }
        let total = powers.reduce(0, +)
        var sums = [(value: Double, size: Double)](repeating: (0, 0), count: size)
        for token in 0..<visible {
            for (i, value) in kept(PagedAttentionData.valueRow, token).enumerated() {
                let product = powers[token] / total * Double(format.kept(value))
                sums[i].value += product
                sums[i].size += abs(product)
            }
        }
        let score = 2 * gamma(size + 4) * (2 * largest + 1) + 2 * format.queryRounding * largest
        let relative = expm1(score) + 2 * format.weightRounding + 2 * gamma(visible + 9)
        return sums.map { ($0.value, relative * $0.size) }
    }
}
