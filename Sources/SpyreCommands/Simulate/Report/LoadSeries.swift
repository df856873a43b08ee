/// How full the cache and the batch were over time, in so many samples at most, each over an interval and each behind
/// the one before.
struct LoadSeries: Equatable {
    /// Means over an interval, weighted by time.
    struct Load: Equatable {
        var usedBlocks = 0.0
        var reservedBlocks = 0.0
        var running = 0.0
        var waiting = 0.0
        var paused = 0.0
    }

    struct Sample: Equatable {
        var start: Double
        var end: Double
        var load: Load
        var mostUsedBlocks: Double
        var steps: Int

        init(start: Double, end: Double, load: Load, steps: Int = 1) {
            self.start = start
            self.end = end
            self.load = load
            mostUsedBlocks = load.usedBlocks
            self.steps = steps
        }

        /// The two as one.
        func joined(_ next: Sample) -> Sample {
            let (a, b) = (end - start, next.end - next.start)
            let part = a + b > 0 ? b / (a + b) : 0.5
            func mean(_ value: (Load) -> Double) -> Double { value(load) * (1 - part) + value(next.load) * part }
            var sample = Sample(
                start: start, end: next.end,
                load: Load(
                    usedBlocks: mean(\.usedBlocks), reservedBlocks: mean(\.reservedBlocks), running: mean(\.running),
                    waiting: mean(\.waiting), paused: mean(\.paused)), steps: steps + next.steps)
            sample.mostUsedBlocks = max(mostUsedBlocks, next.mostUsedBlocks)
            return sample
        }
    }

    private(set) var samples: [Sample] = []
    /// Beyond it neighbours become one, so that a run of any length takes the same memory.
    private let limit: Int
    /// Intervals that go into a sample.
    private var stride = 1
    private var open: Sample?
    private var openParts = 0

    /// - Parameter limit: an even number.
    init(limit: Int = 4096) { self.limit = max(2, limit) }

    /// Adds a step. Between it and the one before, nothing ran.
    mutating func add(_ sample: Sample) {
        if let end = (open ?? samples.last)?.end, end < sample.start {
            append(Sample(start: end, end: sample.start, load: Load(), steps: 0))
        }
        append(sample)
    }

    private mutating func append(_ sample: Sample) {
        let joined = open?.joined(sample) ?? sample
        openParts += 1
        guard openParts >= stride else {
            open = joined
            return
        }
        open = nil
        openParts = 0
        samples.append(joined)
        guard samples.count >= limit else { return }
        samples = Swift.stride(from: 0, to: samples.count - 1, by: 2).map { samples[$0].joined(samples[$0 + 1]) }
        stride *= 2
    }

    /// All of it, in intervals of at least `width`.
    func folded(width: Double) -> [Sample] {
        var result: [Sample] = []
        for sample in samples + [open].compactMap(\.self) {
            if let last = result.last, sample.end - last.start <= width {
                result[result.count - 1] = last.joined(sample)
            } else {
                result.append(sample)
            }
        }
        return result
    }
}
