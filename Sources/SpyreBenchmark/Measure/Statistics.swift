/// Order statistics of measured values.
package enum Statistics {
    package static func median(_ values: [Double]) -> Double { quantile(values, 0.5) }

    /// With linear interpolation between neighbours; NaN when there are no values.
    package static func quantile(_ values: [Double], _ fraction: Double) -> Double {
        let sorted = values.sorted()
        guard let last = sorted.last else { return .nan }
        let position = Double(sorted.count - 1) * min(1, max(0, fraction))
        let lower = Int(position)
        guard lower + 1 < sorted.count else { return last }
        return sorted[lower] + (sorted[lower + 1] - sorted[lower]) * (position - Double(lower))
    }
}
