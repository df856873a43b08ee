/// What every measured kernel has: where it ran, what it had to do, whether that was right, how long it took, and how
/// near that is to the limit of the same turns.
package struct KernelFigures: Sendable, Equatable {
    package let isa: String
    package let threads: Int
    package let work: KernelWork
    /// Where the operands lie when the kernel is repeated.
    package let level: String
    package let check: KernelCheck
    package let seconds: Spread
    package let limitSeconds: Double
    /// Time of the limit over that of the kernel, of each turn: 1 is the limit.
    package let fraction: Spread

    /// - Parameters:
    ///   - seconds: of the kernel, one of each turn.
    ///   - limits: the least time that the machine allows in the same turns.
    package init(
        isa: String, threads: Int, work: KernelWork, level: String, check: KernelCheck, seconds: [Double],
        limits: [Double]
    ) {
        self.isa = isa
        self.threads = threads
        self.work = work
        self.level = level
        self.check = check
        self.seconds = Spread(seconds)
        limitSeconds = Statistics.median(limits)
        fraction = Spread(ratiosOf: limits, to: seconds)
    }

    init(
        _ context: KernelContext, _ caches: CacheHierarchy, work: KernelWork, check: KernelCheck, seconds: [Double],
        limits: [Double]
    ) {
        self.init(
            isa: context.isa, threads: context.threads, work: work,
            level: caches.level(ofWorkingSet: work.traffic.workingSet, threads: context.threads), check: check,
            seconds: seconds, limits: limits)
    }

    package var gops: Double { work.operations / seconds.median * 1e-9 }
}

/// A row encodes them beside its own fields, in the same object.
extension KernelFigures: Encodable {
    private enum CodingKeys: String, CodingKey {
        case isa, threads, operations, level, check, fraction
        case minimum = "seconds_min"
        case median = "seconds_median"
        case maximum = "seconds_max"
        case limit = "limit_seconds"
        case leastFraction = "fraction_min"
        case greatestFraction = "fraction_max"
    }

    package func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(isa, forKey: .isa)
        try fields.encode(threads, forKey: .threads)
        try fields.encode(work.operations, forKey: .operations)
        try fields.encode(level, forKey: .level)
        try fields.encode(check, forKey: .check)
        try fields.encode(
            [
                (.minimum, seconds.minimum), (.median, seconds.median), (.maximum, seconds.maximum),
                (.limit, limitSeconds),
            ], digits: 6)
        try fields.encode(
            [
                (.leastFraction, fraction.minimum), (.fraction, fraction.median),
                (.greatestFraction, fraction.maximum),
            ], digits: 4)
    }
}

extension KeyedEncodingContainer {
    /// Measured values with so many significant digits.
    mutating func encode(_ values: [(Key, Double)], digits: Int) throws {
        for (key, value) in values { try encode(Rounding.significant(value, digits), forKey: key) }
    }
}
