/// e^x in single precision, the same bits on every machine (the C library's results differ between versions).
///
/// Range reduction after W. J. Cody and W. Waite, "Software Manual for the Elementary Functions" (1980):
/// x = n·ln 2 + r with |r| ≤ ln 2 / 2, then the Taylor polynomial of degree 7 for e^r (its remainder is below 6e-9) and
/// a scaling by 2^n through the exponent bits. Multiplications and additions are separate, never fused.
///
/// The loops are scalar and free of branches, so that the compiler makes vectors of them; in debug builds that is
/// several times faster than vector types.
enum VectorExp {
    /// Below this e^x counts as 0: the result would be at the end of the normal numbers.
    static let underflow: Float = -87

    /// Values that are summed before the next ones are looked at; they stay in the first-level cache.
    private static let blockCount = 512

    /// e^x for x ≤ 0, relative error below 2e-7; 0 for x < -87 and for -infinity. Not for NaN or x > 0.
    @inline(__always)
    static func exp(_ x: Float) -> Float {
        // Adding 1.5·2^23 rounds to the nearest integer and leaves it in the low bits.
        let rounder: Float = 12_582_912
        let vanishes = x < underflow
        let x = vanishes ? underflow : x
        let shifted = x * 1.442_695_04 + rounder
        let n = shifted - rounder
        // ln 2 in two parts; the first has few bits, so that its product with n is exact.
        let r = (x - n * 0.693_359_375) - n * -2.121_944_4e-4
        var e: Float = 1.0 / 5_040
        e = e * r + 1.0 / 720
        e = e * r + 1.0 / 120
        e = e * r + 1.0 / 24
        e = e * r + 1.0 / 6
        e = e * r + 0.5
        e = e * r + 1
        e = e * r + 1
        let exponent = shifted.bitPattern &- rounder.bitPattern &+ 127
        let power = Float(bitPattern: exponent &<< 23)
        return vanishes ? 0 : e * power
    }

    /// Replaces each x of `values` by e^((x - shift)·scale) and returns their sum in double precision. `shift` is at
    /// least the greatest value and finite, `scale` greater than 0.
    static func exponentiate(
        _ values: UnsafeMutableBufferPointer<Float>, shift: Float, scale: Float
    ) -> Double {
        var total = 0.0
        var start = 0
        while start < values.count {
            let end = min(start + blockCount, values.count)
            for index in start..<end { values[index] = exp((values[index] - shift) * scale) }
            total += sum(UnsafeBufferPointer(rebasing: values[start..<end]))
            start = end
        }
        return total
    }

    /// The sum of e^(x - shift) in double precision; the row stays as it is.
    static func sum(_ row: UnsafeBufferPointer<Float>, shift: Float) -> Double {
        withUnsafeTemporaryAllocation(of: Float.self, capacity: blockCount) { block in
            var total = 0.0
            var start = 0
            while start < row.count {
                let end = min(start + blockCount, row.count)
                let count = block.initialize(fromContentsOf: row[start..<end])
                total += exponentiate(UnsafeMutableBufferPointer(rebasing: block[..<count]), shift: shift, scale: 1)
                start = end
            }
            return total
        }
    }

    /// The sum in double precision, in an order that the count alone decides.
    private static func sum(_ values: UnsafeBufferPointer<Float>) -> Double {
        // Four chains of additions, because one has to wait for its own latency.
        var a = 0.0
        var b = 0.0
        var c = 0.0
        var d = 0.0
        var index = 0
        while index <= values.count - 4 {
            a += Double(values[index])
            b += Double(values[index + 1])
            c += Double(values[index + 2])
            d += Double(values[index + 3])
            index += 4
        }
        while index < values.count {
            a += Double(values[index])
            index += 1
        }
        return (a + b) + (c + d)
    }
}
