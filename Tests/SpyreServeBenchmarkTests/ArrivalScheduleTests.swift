import Testing

@testable import SpyreServeBenchmark

struct ArrivalScheduleTests {
    private func intervals(_ offsets: [Double]) -> [Double] {
        zip(offsets, [0] + offsets).map { $0 - $1 }
    }

    @Test func fixedArrivalsAreEven() {
        let schedule = ArrivalSchedule(.fixed(rate: 4), count: 5, seed: 1)
        #expect(schedule.offsets == [0.25, 0.5, 0.75, 1, 1.25])
    }

    @Test func togetherMeansAtTheBeginning() {
        #expect(ArrivalSchedule(.together, count: 3, seed: 1).offsets == [0, 0, 0])
        #expect(ArrivalSchedule(.together, seconds: 3, seed: 1) == nil)
    }

    @Test(arguments: [0.25, 1.0, 4.0])
    func countedArrivalsKeepTheRateExactly(burstiness: Double) throws {
        let schedule = ArrivalSchedule(.gamma(rate: 20, burstiness: burstiness), count: 1000, seed: 7)
        let last = try #require(schedule.offsets.last)
        #expect(abs(last - 50) < 1e-9)
        #expect(schedule.offsets == schedule.offsets.sorted())
        #expect(schedule.offsets.allSatisfy { $0 > 0 })
    }

    /// The squared coefficient of variation of a gamma interval is 1 / shape. 40,000 of them estimate it to within a few
    /// per cent; the seed is fixed.
    @Test(arguments: [0.25, 0.5, 1.0, 3.0, 10.0])
    func burstinessIsTheShapeOfIntervals(burstiness: Double) {
        let schedule = ArrivalSchedule(.gamma(rate: 100, burstiness: burstiness), count: 40_000, seed: 11)
        let intervals = intervals(schedule.offsets)
        let mean = intervals.reduce(0, +) / Double(intervals.count)
        let variance = intervals.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(intervals.count)
        #expect(abs(mean - 0.01) < 1e-6)
        #expect(abs(variance / (mean * mean) * burstiness - 1) < 0.06)
    }

    /// Of a Poisson process, 1 - 1/e of the intervals are below the mean, and 1 - exp(-2) below twice the mean.
    @Test func burstinessOneIsPoisson() {
        let intervals = intervals(ArrivalSchedule(.gamma(rate: 1, burstiness: 1), count: 40_000, seed: 5).offsets)
        let below = { (limit: Double) in Double(intervals.count { $0 < limit }) / Double(intervals.count) }
        #expect(abs(below(1) - 0.632) < 0.01)
        #expect(abs(below(2) - 0.865) < 0.01)
    }

    @Test func seedsRepeatAndDiffer() {
        let process = ArrivalProcess.gamma(rate: 5, burstiness: 0.5)
        let first = ArrivalSchedule(process, count: 100, seed: 3)
        #expect(first == ArrivalSchedule(process, count: 100, seed: 3))
        #expect(first != ArrivalSchedule(process, count: 100, seed: 4))
    }

    @Test func secondsLimitArrivals() throws {
        let fixed = try #require(ArrivalSchedule(.fixed(rate: 10), seconds: 2, seed: 0))
        #expect(fixed.offsets.count == 20)
        let poisson = try #require(ArrivalSchedule(.gamma(rate: 200, burstiness: 1), seconds: 50, seed: 2))
        #expect(poisson.offsets.allSatisfy { $0 > 0 && $0 <= 50 })
        // 10,000 expected, with a standard deviation of 100.
        #expect(abs(poisson.offsets.count - 10_000) < 400)
    }
}
