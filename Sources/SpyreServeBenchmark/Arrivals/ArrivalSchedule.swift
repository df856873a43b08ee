/// When each request comes, known before the first is sent: an open loop, in which no late reply delays a request.
package struct ArrivalSchedule: Sendable, Equatable {
    /// Seconds from the beginning, never less than the one before.
    package let offsets: [Double]

    /// So many arrivals. The last of them comes at `count / rate`: random intervals are stretched to that, as vLLM does
    /// it, so that the offered rate is that of the command line for every seed.
    package init(_ process: ArrivalProcess, count: Int, seed: UInt64) {
        switch process {
        case .together: offsets = [Double](repeating: 0, count: count)
        case .fixed(let rate): offsets = (0..<count).map { Double($0 + 1) / rate }
        case .gamma(let rate, let burstiness):
            var intervals = Intervals(rate: rate, burstiness: burstiness, seed: seed)
            var time = 0.0
            let raw = (0..<count).map { _ in
                time += intervals.next()
                return time
            }
            let stretch = time > 0 ? Double(count) / rate / time : 1
            offsets = raw.map { $0 * stretch }
        }
    }

    /// The arrivals of so many seconds. Random intervals stay as they were drawn: the number of arrivals is a matter of
    /// chance, their mean rate is not.
    ///
    /// - Returns: nil when all would come together, for which there is no number.
    package init?(_ process: ArrivalProcess, seconds: Double, seed: UInt64) {
        switch process {
        case .together: return nil
        case .fixed(let rate):
            // A little more than the product may be rounded to; what is late is left out.
            offsets = (0..<Int(rate * seconds) + 1).map { Double($0 + 1) / rate }.filter { $0 <= seconds }
        case .gamma(let rate, let burstiness):
            var intervals = Intervals(rate: rate, burstiness: burstiness, seed: seed)
            var offsets: [Double] = []
            var time = intervals.next()
            while time <= seconds {
                offsets.append(time)
                time += intervals.next()
            }
            self.offsets = offsets
        }
    }

    private struct Intervals {
        private let scale: Double
        private let burstiness: Double
        private var random: RandomStream

        init(rate: Double, burstiness: Double, seed: UInt64) {
            scale = 1 / (rate * burstiness)
            self.burstiness = burstiness
            random = RandomStream(seed: seed, stream: .max)
        }

        mutating func next() -> Double { random.gamma(shape: burstiness) * scale }
    }
}
