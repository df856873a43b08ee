import Foundation

/// A small linear congruential generator (constants of D. E. Knuth's MMIX), so that test data never change.
struct TestGenerator: RandomNumberGenerator {
    var state: UInt64

    init(_ seed: UInt64) { state = seed &* 2 &+ 1 }

    mutating func next() -> UInt64 {
        func step(_ x: UInt64) -> UInt64 { x &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407 }
        let high = step(state)
        state = step(high)
        return (high & 0xffff_ffff_0000_0000) | (state >> 32)
    }

    /// A prompt of bytes.
    mutating func tokens(_ count: Int) -> [Int] {
        (0..<count).map { _ in Int.random(in: 0..<256, using: &self) }
    }

    /// Logits with a normal distribution, a few of them far out, as models have them.
    mutating func row(_ count: Int, deviation: Double = 3) -> [Float] {
        (0..<count).map { _ in
            let radius = (-2 * log(Double.random(in: 1e-12..<1, using: &self))).squareRoot()
            return Float(deviation * radius * cos(2 * .pi * Double.random(in: 0..<1, using: &self)))
        }
    }
}
