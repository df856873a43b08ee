import Foundation

/// Unit roundoff of float32.
let unitRoundoff = 0x1p-24

/// Relative error bound of a sum of `n` products in any order (Higham 2002, section 3.1).
func gamma(_ n: Int) -> Double { Double(n) * unitRoundoff / (1 - Double(n) * unitRoundoff) }

/// Smallest distance that float32 can tell near zero.
let tiny = 0x1p-149

/// Distance of `got` from the exact value in units of the last place of float32 at that value.
func ulps(_ got: Float, _ exact: Double) -> Double {
    if got.isNaN || exact.isNaN { return got.isNaN && exact.isNaN ? 0 : .infinity }
    let largest = Double(Float.greatestFiniteMagnitude) + 0x1p103
    if abs(exact) >= largest { return got == Float(exact) ? 0 : .infinity }
    if got.isInfinite { return .infinity }
    return abs(Double(got) - exact) / unitInTheLastPlace(exact)
}

/// Distance of the floats round a value, those of the subnormal ones at least.
func unitInTheLastPlace(_ value: Double) -> Double {
    let exponent = value == 0 ? -126 : max(value.exponent, -126)
    return scalbn(1.0, Int(exponent) - 23)
}

/// The plain formulas in float64, written without regard to speed.
enum Oracle {
    static func silu(_ x: Double) -> Double { x / (1 + exp(-x)) }

    static func gelu(_ x: Double) -> Double { x == -.infinity ? -0.0 : 0.5 * x * erfc(-x / 2.0.squareRoot()) }

    /// By the tanh of the definition where it does not cancel, and by 1 + tanh(w) = 2 / (1 + exp(-2w)) below.
    static func geluTanh(_ x: Double) -> Double {
        if x == -.infinity { return -0.0 }
        let w = (2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)
        return w > -1 ? 0.5 * x * (1 + tanh(w)) : x / (1 + exp(-2 * w))
    }

    static func rmsNorm(_ x: [Double], weight: [Float], epsilon: Float) -> [Double] {
        let mean = x.reduce(0) { $0 + $1 * $1 } / Double(x.count)
        return zip(x, weight).map { $0 / (mean + Double(epsilon)).squareRoot() * Double($1) }
    }

    /// Relative bound: the sum of n squares is within gamma(n) and the root halves that; the quotients, the mean and two
    /// products round once each.
    static func rmsNormBound(_ columns: Int) -> Double { gamma(columns) / 2 + gamma(6) }

    static func softmax(_ x: [Float]) -> [Double] {
        let top = Double(x.max() ?? 0)
        let powers = x.map { exp(Double($0) - top) }
        let sum = powers.reduce(0, +)
        return powers.map { $0 / sum }
    }

    /// Nearest bfloat16 by comparing distances, the even one of two that are as near.
    static func bfloat16(_ x: Float) -> UInt16 {
        let low = UInt16(x.bitPattern >> 16)
        if x.isNaN || x.bitPattern & 0xffff == 0 { return low }
        func value(_ bits: UInt16) -> Double {
            let magnitude = bits & 0x7fff
            // The step past the largest finite value counts as the next power of two.
            let size = magnitude == 0x7f80 ? 0x1p128 : Double(Float(bitPattern: UInt32(magnitude) << 16))
            return bits & 0x8000 == 0 ? size : -size
        }
        let high = low + 1
        let (down, up) = (abs(Double(x) - value(low)), abs(value(high) - Double(x)))
        return down < up || (down == up && low % 2 == 0) ? low : high
    }

    static func float(bfloat16 bits: UInt16) -> Float { Float(bitPattern: UInt32(bits) << 16) }

    /// Pairs of one head turned by the angles of one position.
    static func rotate(_ head: [Float], halfSplit: Bool, angles: ArraySlice<Float>) -> [(value: Double, size: Double)] {
        let half = head.count / 2
        var result = [(value: Double, size: Double)](repeating: (0, 0), count: head.count)
        for j in 0..<half {
            let (first, second) = halfSplit ? (j, j + half) : (2 * j, 2 * j + 1)
            let (c, s) = (Double(angles[angles.startIndex + 2 * j]), Double(angles[angles.startIndex + 2 * j + 1]))
            let (x, y) = (Double(head[first]), Double(head[second]))
            result[first] = (x * c - y * s, abs(x * c) + abs(y * s))
            result[second] = (x * s + y * c, abs(x * s) + abs(y * c))
        }
        return result
    }

    /// Indices of the largest values: falling, NaN last, the lower index among equals.
    static func topK(_ row: [Float], _ count: Int) -> [Int32] {
        let order = row.indices.sorted { a, b in
            let (x, y) = (row[a], row[b])
            if x.isNaN || y.isNaN { return x.isNaN == y.isNaN ? a < b : y.isNaN }
            return x == y ? a < b : x > y
        }
        return order.prefix(count).map(Int32.init)
    }
}

extension Collection<Float> {
    var allNaN: Bool { allSatisfy(\.isNaN) }
}
