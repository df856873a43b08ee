import Foundation

/// Sizes that kernels are tested with: all small ones, so that every tail of every vector and tile occurs, then primes
/// and the neighbours of powers of two. A size of 0 is refused by every op, which `ErrorTests` holds.
enum Sizes {
    static let small = 1...130
    /// Under a sanitizer, where every size takes long, SPYRE_TEST_SIZES=few leaves out most of the middle.
    static let few = ProcessInfo.processInfo.environment["SPYRE_TEST_SIZES"] == "few"
    static let large = [
        131, 149, 167, 191, 193, 211, 227, 251, 255, 256, 257, 383, 509, 511, 512, 513, 641, 769, 1021, 1023, 1024,
        1025, 2039, 2047, 2048, 2049, 3001, 4093, 4095, 4096, 4097,
    ]

    static func upTo(_ most: Int) -> [Int] {
        let all = small + large
        return all.filter { $0 <= most && (!few || $0 <= 34 || (63...66).contains($0) || $0 % 64 == 1) }
    }

    /// The same in steps of `step`, for a size that has to be a multiple of it.
    static func multiples(of step: Int, upTo most: Int) -> [Int] {
        step == 1 ? upTo(most) : upTo(most / step).filter { $0 <= 17 || large.contains($0) }.map { $0 * step }
    }
}
