/// Times a piece of work that may be much shorter than the clock can tell.
package struct Sampler {
    /// Seconds of this many repetitions.
    private let run: (Int) throws -> Double
    /// Repetitions of one part of a sample.
    package let repetitions: Int
    /// Parts of a sample, the best of which counts: the host interrupts some of them. Long work has one.
    package let parts: Int

    /// Finds the number of repetitions that take about `seconds`; that is also the warm-up.
    ///
    /// - Parameter run: does the work so many times and returns how many seconds that took.
    package init(seconds: Double, run: @escaping (Int) throws -> Double) throws {
        self.run = run
        var count = 1
        var time = try run(1)
        // The first repetition is cold; short ones are repeated until the clock has something to tell.
        while time < seconds / 4, count < Self.most {
            let factor = time > 0 ? seconds / 2 / time : 8
            count = min(Self.most, max(count + 1, Int(Double(count) * min(8, factor))))
            time = try run(count)
        }
        let fitting = time > 0 ? Double(count) * seconds / time : Double(count)
        parts = fitting >= 1 ? Self.mostParts : 1
        repetitions = max(1, Int(min(Double(Self.most), fitting / Double(parts))))
    }

    private static let most = 1 << 24
    private static let mostParts = 3

    /// Seconds of one repetition. When the last sample was of something else, its data pushed this one's out of the
    /// caches; `warm` repeats the work once before the clock starts.
    package func sample(warm: Bool = true) throws -> Double {
        if warm { _ = try run(1) }
        var best = Double.infinity
        for _ in 0..<parts { best = min(best, try run(repetitions)) }
        return best / Double(repetitions)
    }
}
