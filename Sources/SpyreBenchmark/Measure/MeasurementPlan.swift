/// How long and how often things are measured.
package struct MeasurementPlan: Sendable, Equatable {
    /// Samples of each thing, alternating with what it is compared to.
    package var repeats: Int
    /// Work is repeated within a sample until it takes about this long.
    package var sampleSeconds: Double

    package init(repeats: Int, sampleSeconds: Double) {
        self.repeats = repeats
        self.sampleSeconds = sampleSeconds
    }

    package static let standard = MeasurementPlan(repeats: 7, sampleSeconds: 0.004)
    package static let quick = MeasurementPlan(repeats: 3, sampleSeconds: 0.001)
}
