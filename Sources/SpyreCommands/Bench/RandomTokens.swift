/// Token ids from a seed, the same on every machine: SplitMix64 (Steele, Lea and Flood, 2014), reduced to the
/// vocabulary.
struct RandomTokens {
    private var state: UInt64
    private let vocabularySize: UInt64

    init(seed: UInt64, vocabularySize: Int) {
        state = seed
        self.vocabularySize = UInt64(max(1, vocabularySize))
    }

    mutating func next() -> Int32 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        // The bias of the remainder, below 2^-40 for any vocabulary, does not matter here.
        return Int32(truncatingIfNeeded: (z ^ (z >> 31)) % vocabularySize)
    }

    mutating func next(_ count: Int) -> [Int32] { (0..<count).map { _ in next() } }
}
