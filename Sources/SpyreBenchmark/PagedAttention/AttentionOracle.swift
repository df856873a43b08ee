import Foundation

/// Contiguous attention in float64 on the keys and values as a cache keeps them, one row of one head at a time.
struct AttentionOracle {
    private let kernels: KernelContext
    private let shape: PagedAttentionCase
    private let format: CacheFormat
    private let lengths: [Int]
    private let data: AttentionData

    init(_ kernels: KernelContext, _ operands: AttentionOperands) {
        self.kernels = kernels
        (shape, format, lengths) = (operands.shape, operands.format, operands.blocks.lengths)
        data = operands.data
    }

    static let bound =
        "(exp(2 gamma(D + 4) (2 S + 1) + 2 q S) - 1 + 2 w + 2 gamma(T + 8)) sum p|v|, S the sum of |q k|"

    /// Compares one row of one head of a result `[sequences * queries][heads * head size]`.
    func check(_ result: [Float], sequence: Int, query: Int, head: Int, _ check: inout KernelCheck) {
        let start = ((sequence * shape.queries + query) * shape.heads + head) * shape.headSize
        for (index, exact) in row(sequence: sequence, query: query, head: head).enumerated() {
            check.compare(result[start + index], exact.value, within: exact.bound)
        }
    }

    /// Each value with its bound.
    func row(sequence: Int, query: Int, head: Int) -> [(value: Double, bound: Double)] {
        let size = shape.headSize, visible = lengths[sequence] - shape.queries + query + 1
        let (scores, largest) = scores(sequence: sequence, query: query, head: head, visible: visible)
        let top = scores.max() ?? 0
        let powers = scores.map { exp($0 - top) }
        let total = powers.reduce(0, +)
        var sums = [(value: Double, size: Double)](repeating: (0, 0), count: size)
        for token in 0..<visible {
            let values = kept(AttentionData.valueRow, sequence: sequence, token: token, head: head)
            for (index, value) in values.enumerated() {
                let product = powers[token] / total * value
                sums[index].value += product
                sums[index].size += abs(product)
            }
        }
        let score = 2 * gamma(size + 4) * (2 * largest + 1) + 2 * format.queryRounding * largest
        let relative = expm1(score) + 2 * format.weightRounding + 2 * gamma(visible + 8)
        return sums.map { ($0.value, relative * $0.size) }
    }

    /// The score of each token, and the largest sum of |q k| of one.
    private func scores(sequence: Int, query row: Int, head: Int, visible: Int) -> ([Double], largest: Double) {
        let size = shape.headSize, scale = AttentionData.scale(headSize: size)
        let queries = kernels.row(
            AttentionData.queryRow + sequence * shape.queries + row, columns: shape.heads * size)
        let query = queries[head * size..<(head + 1) * size].map(Double.init)
        var (scores, largest) = ([Double](), 0.0)
        scores.reserveCapacity(visible)
        for token in 0..<visible {
            var (score, magnitude) = (0.0, 0.0)
            for (q, key) in zip(query, kept(AttentionData.keyRow, sequence: sequence, token: token, head: head)) {
                let product = q * key * scale
                score += product
                magnitude += abs(product)
            }
            scores.append(score)
            largest = max(largest, magnitude)
        }
        return (scores, largest)
    }

    /// What the cache holds for the KV head of a query head.
    private func kept(_ from: Int, sequence: Int, token: Int, head: Int) -> [Double] {
        let size = shape.headSize, first = head / shape.group * size
        let row = kernels.row(from + data.row(sequence: sequence, token: token), columns: shape.kvHeads * size)
        return row[first..<first + size].map { Double(format.kept($0)) }
    }
}
