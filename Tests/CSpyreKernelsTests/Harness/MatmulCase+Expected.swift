extension MatmulCase {
    /// What every result has to be.
    func expected() -> [[Expected]] { (0..<rows).map(expected(row:)) }

    private func expected(row: Int) -> [Expected] {
        let source = index.isEmpty ? row : Int(index[row])
        guard (0..<inputRows).contains(source) else {
            return [Expected](repeating: Expected(value: .nan, error: 0), count: results)
        }
        let x = Array(input[source * columns..<(source + 1) * columns])
        let activations = prepared(x)
        // Pair j lies in panel j / 32: 32 columns of gates, then their 32 of up.
        let needed = gated ? (results + 31) / 32 * 64 : results
        let sums = (0..<needed).map { column in
            let sum = dot(activations, column)
            return bias.isEmpty ? sum : sum + Expected(value: Double(bias[column]), error: 0)
        }
        return (0..<results).map { j in
            let gate = j / 32 * 64 + j % 32
            var y = gated ? sums[gate].silu * sums[gate + 32] : sums[j]
            if scale != 1 { y = y * Expected(value: Double(scale), error: 0) }
            guard residual != .none else { return y }
            return y + Expected(value: Double(added[row * results + j]), error: 0)
        }
    }

    /// The activations as the kernel may have them.
    private func prepared(_ x: [Float]) -> [Preparation.Activation] {
        let prepare = weight.format.preparation
        guard !norm.isEmpty else { return terms == 2 ? prepare.twice(x) : prepare(x) }
        // What the norm may be off moves an activation across a step of its type: the step, and the norm's own error.
        let exact = Oracle.rmsNorm(x.map(Double.init), weight: norm, epsilon: Self.epsilon)
        let largest = exact.map(abs).max() ?? 0
        return exact.map { y in
            let off = Oracle.rmsNormBound(columns) * (abs(y) + largest)
            return Preparation.Activation(
                value: y, slack: off + prepare.step(abs(y), largest: largest, terms: terms))
        }
    }

    /// One product before the epilogue: gamma(K + 8) of the sizes of its terms (Higham 2002, section 3.1), and what the
    /// activations may be beside their values.
    private func dot(_ x: [Preparation.Activation], _ output: Int) -> Expected {
        var value = 0.0, sizes = 0.0, slack = 0.0, largest = 0.0
        let first = output * columns
        weight.values.withUnsafeBufferPointer { values in
            weight.sizes.withUnsafeBufferPointer { terms in
                for k in 0..<columns {
                    value += values[first + k] * x[k].value
                    sizes += terms[first + k] * abs(x[k].value)
                    slack += terms[first + k] * x[k].slack
                    largest = max(largest, abs(x[k].value))
                }
            }
        }
        let under = Double(columns + 2) * weight.format.preparation.underflow
        let n = columns + 8
        // Past the largest number on the way, whatever the sum; or within a rounding of it, as a scale of quants is.
        if value.isFinite, sizes > 0x1.fffffep127 || largest > 0x1.ffffp127 {
            return Expected(value: value, error: .infinity)
        }
        let coarse = slack > 0 || sizes < 0x1p-100
        return Expected(
            value: value, error: gamma(n) * (sizes + slack) + slack + under, size: coarse ? .infinity : sizes)
    }
}

extension Preparation {
    /// How far an activation may be from `x` once it is prepared.
    func step(_ x: Double, largest: Double, terms: Int32) -> Double {
        switch self {
        case .exact: 0
        // Which elements lose most is decided after the norm, so none of them can be counted on.
        case .bfloat16: x * 0x1p-8
        case .int8: largest / 127 * 0.5001 * (terms == 2 ? 0.5001 / 127 : 1)
        }
    }

    /// What one operation may lose where the result is too small to be normal. AVX-512's bfloat16 products take every
    /// subnormal number for 0.
    var underflow: Double {
        if case .bfloat16 = self { 0x1p-126 } else { tiny }
    }
}

extension Expected {
    /// The slope of silu is below 1.1, and its own error below 4 ulp.
    var silu: Expected { Expected(value: Oracle.silu(value), error: 1.1 * error, size: size).rounded(8) }
}
