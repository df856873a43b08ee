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

    @Test func significantDigits() {
        #expect(Rounding.significant(123.456, 2) == 120)
        #expect(Rounding.significant(0.00123456, 3) == 0.00123)
        #expect(Rounding.significant(-9.96, 2) == -10)
        #expect(Rounding.significant(0, 3) == 0)
        #expect(Rounding.significant(.infinity, 3) == .infinity)
    }
}
