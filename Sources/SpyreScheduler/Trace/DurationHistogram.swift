import Foundation

/// Counts durations in buckets that are each 0.5 % wider than the one before, so that 10^8 of them take kilobytes.
package struct DurationHistogram: Sendable {
    private static let least = 1e-7
    private static let step = log(1.005)
    private var counts = [Int](repeating: 0, count: 6600)
    private var previous = (duration: -1.0, bucket: 0)
    package private(set) var count = 0
    private var sum = 0.0
    private var greatest = 0.0

    package init() {}

    package mutating func record(_ duration: Double) {
        // All sequences of a step have waited equally long, mostly: one logarithm for all.
        if duration != previous.duration {
            let place = log(max(duration, Self.least) / Self.least) / Self.step
            previous = (duration, min(counts.count - 1, Int(place)))
            greatest = max(greatest, duration)
        }
        counts[previous.bucket] += 1
        count += 1
        sum += duration
    }

    package var mean: Double { count == 0 ? 0 : sum / Double(count) }
    package var maximum: Double { greatest }

    /// The duration below or at which a fraction of all lie, to 0.5 %; 0 without durations.
    package func quantile(_ fraction: Double) -> Double {
        guard count > 0 else { return 0 }
        let rank = min(count, max(1, Int((Double(count) * fraction).rounded(.up))))
        var seen = 0
        for (bucket, number) in counts.enumerated() where number > 0 {
            seen += number
            if seen >= rank { return min(greatest, Self.least * exp(Self.step * (Double(bucket) + 0.5))) }
        }
        return greatest
    }
}
