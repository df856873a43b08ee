/// Values from a seed, the same on every machine: SplitMix64 (Steele, Lea and Flood, 2014).
package struct RandomValues {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    package mutating func bits() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// Uniform in -1 ..< 1, a multiple of 2^-23.
    package mutating func float() -> Float { Float(Int64(bits() >> 40) - (1 << 23)) * 0x1p-23 }

    package mutating func floats(_ count: Int) -> [Float] { (0..<count).map { _ in float() } }

    package mutating func index(below count: Int) -> Int { Int(bits() % UInt64(max(1, count))) }
}
