import Testing

@testable import SpyreServeBenchmark

struct DistributionTests {
    /// Checked by hand; numpy.percentile(…, [50, 90, 99]) gives the same.
    @Test func knownValues() {
        let distribution = Distribution([4, 1, 3, 2, 10])
        #expect(distribution.mean == 4)
        // Squares of 0, -3, -1, -2, 6 are 50 together, 10 on average.
        #expect(abs(distribution.standardDeviation - 10.0.squareRoot()) < 1e-12)
        #expect(distribution.median == 3)
        // Place 3.6 of 0 ... 4: 4 + 0.6 · 6.
        #expect(abs(distribution.percentile(90) - 7.6) < 1e-12)
        #expect(abs(distribution.percentile(99) - 9.76) < 1e-12)
        #expect(distribution.percentile(0) == 1 && distribution.percentile(100) == 10 && distribution.maximum == 10)
    }

    @Test func fewValues() {
        let one = Distribution([7])
        #expect(one.mean == 7 && one.standardDeviation == 0 && one.median == 7 && one.percentile(99) == 7)
        let none = Distribution([])
        #expect(none.mean.isNaN && none.median.isNaN && none.standardDeviation.isNaN && none.quantiles(5).isEmpty)
    }
}
