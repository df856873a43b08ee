/// The least, the middle and the greatest of repeated measurements.
package struct Spread: Sendable, Equatable {
    package let minimum: Double
    package let median: Double
    package let maximum: Double

    /// NaN in all three when there are no values.
    package init(_ values: [Double]) {
        minimum = Statistics.quantile(values, 0)
        median = Statistics.median(values)
        maximum = Statistics.quantile(values, 1)
    }

    /// Of the ratios of two things that were measured in the same turns.
    package init(ratiosOf values: [Double], to others: [Double]) { self.init(zip(values, others).map { $0 / $1 }) }

    package func map(_ change: (Double) -> Double) -> Spread {
        Spread([change(minimum), change(median), change(maximum)])
    }
}
