import SpyreBenchmark
import SpyreScheduler

/// Percentiles of durations, in milliseconds.
struct LatencySummary: Encodable, Equatable {
    let mean: Double
    let median: Double
    let p90: Double
    let p99: Double
    let max: Double

    init(_ histogram: DurationHistogram) {
        let milliseconds = { (seconds: Double) in Rounding.significant(seconds * 1000, 4) }
        mean = milliseconds(histogram.mean)
        median = milliseconds(histogram.quantile(0.5))
        p90 = milliseconds(histogram.quantile(0.9))
        p99 = milliseconds(histogram.quantile(0.99))
        max = milliseconds(histogram.maximum)
    }
}
