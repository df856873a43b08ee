import Foundation

/// Places values on an axis.
package struct Scale: Sendable, Equatable {
    package let isLogarithmic: Bool
    /// Values at the two ends.
    package let domain: ClosedRange<Double>
    /// Where the ends are drawn; the first may be the greater, as on an axis that rises to the top.
    package let start: Double
    package let end: Double

    package init(_ domain: ClosedRange<Double>, from start: Double, to end: Double, isLogarithmic: Bool = false) {
        self.isLogarithmic = isLogarithmic
        self.domain = domain
        self.start = start
        self.end = end
    }

    /// Where a value is drawn; what is outside lies at an end.
    package func position(_ value: Double) -> Double {
        let inside = min(domain.upperBound, max(domain.lowerBound, value))
        let part =
            isLogarithmic
            ? log(inside / domain.lowerBound) / log(domain.upperBound / domain.lowerBound)
            : (inside - domain.lowerBound) / (domain.upperBound - domain.lowerBound)
        return start + (end - start) * (part.isFinite ? part : 0)
    }

    /// What stands beside a mark: as many decimals as neighbouring marks need to differ.
    package func label(_ tick: Double, of ticks: [Double]) -> String {
        guard !isLogarithmic, ticks.count > 1, abs(tick) < 1e9 else { return Markup.figure(tick) }
        let decimals = -floor(log10(abs(ticks[1] - ticks[0])) + 1e-9)
        guard decimals.isFinite else { return Markup.figure(tick) }
        return String(format: "%.*f", Int(min(12, max(0, decimals))), tick)
    }

    /// Values for the axis' marks: powers of ten, or 1, 2 or 5 times one so that there are about `count`.
    package func ticks(_ count: Int = 5) -> [Double] {
        if isLogarithmic {
            let first = Int(log10(domain.lowerBound).rounded(.up)), last = Int(log10(domain.upperBound).rounded(.down))
            return first <= last ? (first...last).map { pow(10, Double($0)) } : []
        }
        let rough = (domain.upperBound - domain.lowerBound) / Double(max(1, count))
        guard rough > 0, rough.isFinite else { return [] }
        let power = pow(10, floor(log10(rough)))
        let step = power * ([1, 2, 5].first { $0 * power >= rough } ?? 10)
        var ticks: [Double] = []
        var value = (domain.lowerBound / step).rounded(.up) * step
        while value <= domain.upperBound * (1 + 1e-9), ticks.count < 100 {
            ticks.append(value)
            value += step
        }
        return ticks
    }
}
