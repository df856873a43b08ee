import Foundation

/// Values from a seed, the same on every machine: SplitMix64 (Steele, Lea and Flood, 2014).
struct RandomStream {
    private static let increment: UInt64 = 0x9E37_79B9_7F4A_7C15
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// One of many streams of a seed, none of which is a part of another that is as long as a prompt.
    init(seed: UInt64, stream: UInt64) {
        state = Self.mixed(seed ^ Self.mixed(stream &+ Self.increment))
    }

    private static func mixed(_ value: UInt64) -> UInt64 {
        var z = value
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func bits() -> UInt64 {
        state &+= Self.increment
        return Self.mixed(state)
    }

    /// Uniform in 0 ..< 1, a multiple of 2^-53.
    mutating func uniform() -> Double { Double(bits() >> 11) * 0x1p-53 }

    /// Uniform in the range; the bias of the remainder, below 2^-40 for the ranges of a benchmark, does not matter.
    mutating func integer(in range: ClosedRange<Int>) -> Int {
        let (count, overflow) = UInt64(range.upperBound - range.lowerBound).addingReportingOverflow(1)
        return overflow ? Int(truncatingIfNeeded: bits()) : range.lowerBound + Int(bits() % count)
    }

    /// From the standard normal distribution (Box and Muller, 1958).
    mutating func normal() -> Double {
        (-2 * log(1 - uniform())).squareRoot() * cos(2 * .pi * uniform())
    }

    /// From the gamma distribution with mean `shape` and variance `shape` (Marsaglia and Tsang, 2000).
    ///
    /// - Parameter shape: above 0 and finite.
    mutating func gamma(shape: Double) -> Double {
        // Below 1 the method takes a value of shape + 1 and a power of a uniform one.
        guard shape >= 1 else { return gamma(shape: shape + 1) * pow(1 - uniform(), 1 / shape) }
        let d = shape - 1.0 / 3
        let c = 1 / (9 * d).squareRoot()
        while true {
            let x = normal()
            let v = pow(1 + c * x, 3)
            guard v > 0 else { continue }
            if log(1 - uniform()) < 0.5 * x * x + d * (1 - v + log(v)) { return d * v }
        }
    }
}
