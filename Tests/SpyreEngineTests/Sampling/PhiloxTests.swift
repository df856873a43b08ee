import Testing

@testable import SpyreEngine

@Suite struct PhiloxTests {
    /// The known-answer vectors for philox4x32 with 10 rounds, published with Random123: zeros, ones, digits of pi.
    @Test func knownAnswers() {
        #expect(
            Philox4x32.words(counter: .zero, key: .zero)
                == SIMD4(0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8))
        #expect(
            Philox4x32.words(counter: SIMD4(repeating: .max), key: SIMD2(repeating: .max))
                == SIMD4(0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd))
        #expect(
            Philox4x32.words(
                counter: SIMD4(0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344),
                key: SIMD2(0xa409_3822, 0x299f_31d0))
                == SIMD4(0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1))
    }
}

@Suite struct SamplingSeedTests {
    static func seed(_ value: Int64?) -> SamplingSeed { SamplingSeed(SamplingParams(seed: value)) }

    @Test func theRequestsSeedIsUsed() {
        #expect(Self.seed(0).value == 0)
        #expect(Self.seed(.min).value == .min)
    }

    @Test(arguments: [nil, -1] as [Int64?])
    func withoutASeedOneIsDrawn(given: Int64?) {
        let drawn = Set((0..<20).map { _ in Self.seed(given).value })
        #expect(drawn.count == 20)
        #expect(drawn.allSatisfy { $0 >= 0 })
    }

    @Test func seedSequenceAndPositionAllCount() {
        var seen: Set<Double> = []
        for seed: Int64 in [0, 1, 1 << 32, -2] {
            for sequence in 0..<4 {
                for position in [0, 1, 2, 1 << 32] {
                    let u = Self.seed(seed).uniform(sequence: sequence, position: position)
                    #expect(u >= 0 && u < 1)
                    seen.insert(u)
                }
            }
        }
        #expect(seen.count == 64)
    }

    @Test func numbersAreUniform() {
        let seed = Self.seed(42)
        var bins = [Double](repeating: 0, count: 20)
        for position in 0..<20_000 { bins[Int(seed.uniform(sequence: 0, position: position) * 20)] += 1 }
        let chiSquare = bins.reduce(0) { $0 + ($1 - 1_000) * ($1 - 1_000) / 1_000 }
        // 19 degrees of freedom: 43.8 is exceeded once in a thousand.
        #expect(chiSquare < 43.8)
    }
}
