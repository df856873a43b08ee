import Foundation
import Testing

@testable import SpyreEngine

@Suite struct SamplingFilterTests {
    /// Logits of the given probabilities; exact where these are powers of two.
    static func logits(_ probabilities: [Double]) -> [Float] { probabilities.map { Float(log($0)) } }

    static func kept(_ row: [Float], _ params: SamplingParams) throws -> [Int] {
        var driver = SamplerDriver()
        return try driver.distribution(row, .test(params, vocabularySize: row.count)).keys.sorted()
    }

    @Test(arguments: [
        (-1, [0, 1, 2, 3, 4]), (0, [0, 1, 2, 3, 4]), (1, [3]), (2, [1, 3, 4]), (3, [1, 3, 4]), (4, [0, 1, 3, 4]),
        (5, [0, 1, 2, 3, 4]), (6, [0, 1, 2, 3, 4]),
    ])
    func topKKeepsTies(k: Int, kept: [Int]) throws {
        #expect(try Self.kept([0.5, 1, 0.25, 2, 1], SamplingParams(topK: k)) == kept)
    }

    @Test(
        arguments: [
            (1, [0, 1, 2, 3]), (0.9, [0, 1, 2, 3]), (0.875, [0, 1, 2]), (0.76, [0, 1, 2]), (0.75, [0, 1]),
            (0.51, [0, 1]), (0.5, [0]), (1e-9, [0]),
        ] as [(Double, [Int])])
    func topPKeepsWhatHasLessBeforeIt(p: Double, kept: [Int]) throws {
        // Weights of exactly 1, 1/2, 1/4 and 1/4: total 2.
        var candidates = TokenCandidates()
        let row: [Float] = [0, -1, -2, -2].map { $0 * Float(log(2.0)) }
        row.withUnsafeBufferPointer { candidates.collect($0, atLeast: -.infinity) }
        candidates.exponentiate(maximum: 0, temperature: 1)
        try #require(candidates.values == [1, 0.5, 0.25, 0.25])
        var selection = RadixSelection()
        TopPFilter(SamplingParams(topP: p))?.apply(to: &candidates, selection: &selection)
        #expect((0..<candidates.count).map { candidates.tokenID(at: $0) } == kept)
        #expect(candidates.total == kept.reduce(0) { $0 + [1, 0.5, 0.25, 0.25][$1] })
    }

    @Test func topPKeepsTheLowestIDsOfATie() throws {
        #expect(try Self.kept([1, 1, 1, 1], SamplingParams(topP: 0.5)) == [0, 1])
        #expect(try Self.kept([0, 1, 0, 1, 1], SamplingParams(topP: 0.3)) == [1, 3])
        #expect(try Self.kept([1, 1, 1, 1], SamplingParams(topP: 0.51)) == [0, 1, 2])
    }

    @Test(arguments: [(0, 5), (0.01, 5), (0.12, 4), (0.24, 3), (0.49, 2), (0.9, 1), (1, 1)] as [(Double, Int)])
    func minPIsAFractionOfTheGreatest(minP: Double, count: Int) throws {
        let row = Self.logits([0.5, 0.25, 0.125, 0.0625, 0.03125])
        #expect(try Self.kept(row, SamplingParams(minP: minP)).count == count)
    }

    /// Weights that cannot be in the nucleus are left out early; that changes no weight, no sum and no token.
    @Test(arguments: [0.01, 1, 3, 30], [0.1, 0.5, 0.9, 0.9998])
    func leavingSmallWeightsOutChangesNoBit(deviation: Double, topP: Double) throws {
        var generator = TestGenerator(27)
        let filter = try #require(TopPFilter(SamplingParams(topP: topP)))
        for threshold in [-Float.infinity, 0] {
            let row = generator.row(5_000, deviation: deviation)
            var selection = RadixSelection()
            var quick = TokenCandidates()
            row.withUnsafeBufferPointer { quick.collect($0, atLeast: threshold) }
            quick.exponentiate(maximum: row.max() ?? 0, temperature: 0.8)
            var plain = quick
            filter.apply(to: &quick, selection: &selection)
            plain.keep(
                plain.values.withUnsafeBufferPointer { selection.nucleus(of: $0, target: topP * plain.total) })
            #expect(quick.values == plain.values && quick.total == plain.total)
            #expect((0..<quick.count).map(quick.tokenID) == (0..<plain.count).map(plain.tokenID))
        }
    }

    @Test func minPComesAfterTemperature() throws {
        let row = Self.logits([0.5, 0.25, 0.125])
        // At temperature 2 the ratios are the square roots: 0.707 and 0.5.
        #expect(try Self.kept(row, SamplingParams(temperature: 2, minP: 0.6)) == [0, 1])
        #expect(try Self.kept(row, SamplingParams(temperature: 1, minP: 0.6)) == [0])
    }

    @Test func minPOneKeepsAllOfTheGreatest() throws {
        #expect(try Self.kept([3, 1, 3, 2.999], SamplingParams(minP: 1)) == [0, 2])
    }

    static let combinations: [SamplingParams] = {
        var all: [SamplingParams] = []
        for temperature in [0.3, 1, 2] {
            for topK in [0, 1, 7, 60] {
                for topP in [0.217, 0.83, 1] {
                    for minP in [0, 0.031] {
                        all.append(SamplingParams(temperature: temperature, topP: topP, topK: topK, minP: minP))
                    }
                }
            }
        }
        return all
    }()

    /// Every combination of the filters on random rows, with and without ties, against the sorting oracle.
    @Test(arguments: combinations)
    func distributionEqualsTheOracle(params: SamplingParams) throws {
        var generator = TestGenerator(3)
        var driver = SamplerDriver()
        let tied = (0..<90).map { _ in Float(Int.random(in: -4...4, using: &generator)) }
        let masked = generator.row(70).map { $0 < -2 ? -Float.infinity : $0 }
        let plain = [generator.row(50), generator.row(257, deviation: 8), generator.row(64, deviation: 0.01)]
        for row in plain + [tied, masked] {
            let got = try driver.distribution(row, .test(params, vocabularySize: row.count))
            let wanted = SamplingOracle(params: params).distribution(row)
            for token in row.indices {
                let p = got[token] ?? 0
                // An exponent of up to 87 is rounded to single precision; weights below e^-87 of the greatest are 0.
                #expect(abs(p - wanted[token]) <= 1.5e-5 * wanted[token] + 1e-37)
            }
            #expect(abs(got.values.reduce(0, +) - 1) < 1e-12)
        }
    }
}
