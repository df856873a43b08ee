/// Mean, spread and percentiles of measured values.
package struct Distribution: Sendable, Equatable {
    package let count: Int
    package let mean: Double
    /// Of the values themselves, divided by their number, as numpy's `std` has it.
    package let standardDeviation: Double
    private let sorted: [Double]

    /// - Parameter values: in any order; with none, every figure is NaN.
    package init(_ values: [Double]) {
        sorted = values.sorted()
        count = values.count
        let number = Double(values.count)
        let mean = sorted.reduce(0, +) / number
        self.mean = mean
        standardDeviation = (sorted.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / number).squareRoot()
    }

    package var median: Double { percentile(50) }
    package var maximum: Double { sorted.last ?? .nan }

    /// With linear interpolation between neighbours, as numpy's `percentile` has it.
    ///
    /// - Parameter percent: 0 ... 100.
    package func percentile(_ percent: Double) -> Double {
        guard let last = sorted.last else { return .nan }
        let position = Double(count - 1) * min(1, max(0, percent / 100))
        let lower = Int(position)
        guard lower + 1 < count else { return last }
        return sorted[lower] + (sorted[lower + 1] - sorted[lower]) * (position - Double(lower))
    }

    /// The values at so many places from the least to the greatest, for a curve.
    package func quantiles(_ places: Int) -> [(value: Double, fraction: Double)] {
        guard count > 0, places > 1 else { return [] }
        return (0..<places).map {
            let fraction = Double($0) / Double(places - 1)
            return (percentile(fraction * 100), fraction)
        }
    }
}
