import Testing

@testable import SpyreBenchmark

@Suite struct StatisticsTests {
    @Test func orderStatistics() {
        #expect(Statistics.median([3, 1, 2]) == 2)
        #expect(Statistics.median([4, 1, 2, 3]) == 2.5)
        #expect(Statistics.quantile([1, 2, 3, 4, 5], 1) == 5)
        #expect(Statistics.quantile([1], 0.99) == 1)
        #expect(Statistics.median([]).isNaN)
        #expect(Spread([3, 1, 2]) == Spread([2, 3, 1]))
        #expect(Spread([5, 1, 9]).map { 1 / $0 }.maximum == 1)
    }

    /// Work of a known speed that is disturbed now and then: the best part of a sample counts.
    @Test func samplesAreTheBestOfTheirParts() throws {
        var calls = 0
        let sampler = try Sampler(seconds: 0.3) { count in
            calls += 1
            return Double(count) * 0.001 * (calls % 3 == 0 ? 10 : 1)
        }
        #expect(sampler.parts == 3)
        #expect((1...110).contains(sampler.repetitions))
        for _ in 0..<5 { #expect(abs(try sampler.sample() - 0.001) < 1e-12) }
        let long = try Sampler(seconds: 0.3) { Double($0) * 2 }
        #expect((long.parts, long.repetitions) == (1, 1))
        #expect(try long.sample() == 2)
    }

    @Test func significantDigits() {
        #expect(Rounding.significant(123.456, 2) == 120)
        #expect(Rounding.significant(0.00123456, 3) == 0.00123)
        #expect(Rounding.significant(-9.96, 2) == -10)
        #expect(Rounding.significant(429_123_456, 4).description == "429100000.0")
        #expect(Rounding.significant(1.23456e22, 3) == 1.23e22)
        #expect(Rounding.significant(5e-324, 3) == 5e-324)
        #expect(Rounding.significant(.greatestFiniteMagnitude, 3) == .greatestFiniteMagnitude)
        #expect(Rounding.significant(0, 3) == 0)
        #expect(Rounding.significant(.infinity, 3) == .infinity)
    }
}
