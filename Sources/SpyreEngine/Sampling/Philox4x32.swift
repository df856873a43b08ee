/// Philox4x32-10, a counter-based random number generator: a keyed function of a counter, with no state.
///
/// Source: J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC11,
/// doi:10.1145/2063384.2063405. The known-answer vectors of the authors' Random123 1.x release are in the tests.
enum Philox4x32 {
    private static let multipliers: (UInt32, UInt32) = (0xD251_1F53, 0xCD9E_8D57)
    /// Added to the key after each round: the golden ratio and √3 - 1 as 32-bit fractions.
    private static let keyIncrements = SIMD2<UInt32>(0x9E37_79B9, 0xBB67_AE85)

    /// Four random words for a counter of 128 bits and a key of 64, least significant words first.
    static func words(counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
        var x = counter
        var k = key
        for _ in 0..<10 {
            let first = multipliers.0.multipliedFullWidth(by: x[0])
            let second = multipliers.1.multipliedFullWidth(by: x[2])
            x = SIMD4(second.high ^ x[1] ^ k[0], second.low, first.high ^ x[3] ^ k[1], first.low)
            k = k &+ keyIncrements
        }
        return x
    }
}
