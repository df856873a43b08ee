/// The source of a request's random numbers.
///
/// A random number is a function of the seed, the number of the sequence among the request's `n` and the position in
/// the output: it depends neither on other requests nor on the order of calls, and a sequence that is computed again
/// after a preemption draws the same tokens.
public struct SamplingSeed: Sendable, Equatable {
    /// The seed to report: giving it in another request repeats this one.
    public let value: Int64

    /// The request's own seed, or, where it has none (nil or -1), one drawn from the system's generator.
    public init(_ params: SamplingParams) {
        if let seed = params.seed, seed != -1 {
            value = seed
        } else {
            value = Int64.random(in: 0...Int64.max)
        }
    }

    /// A number in [0, 1) with 53 random bits: Philox4x32-10 with the seed as key and (position, sequence) as counter.
    func uniform(sequence: Int, position: Int) -> Double {
        let key = UInt64(bitPattern: value)
        let place = UInt64(truncatingIfNeeded: position)
        let words = Philox4x32.words(
            counter: SIMD4(
                UInt32(truncatingIfNeeded: place), UInt32(truncatingIfNeeded: place >> 32),
                UInt32(truncatingIfNeeded: sequence), 0),
            key: SIMD2(UInt32(truncatingIfNeeded: key), UInt32(truncatingIfNeeded: key >> 32)))
        let bits = UInt64(words[1]) << 32 | UInt64(words[0])
        return Double(bits >> 11) * 0x1p-53
    }
}
