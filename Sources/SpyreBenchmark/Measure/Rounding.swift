import Foundation

/// Measured figures with as many digits as they are worth.
package enum Rounding {
    /// To so many significant digits; what is not finite stays as it is.
    package static func significant(_ value: Double, _ digits: Int) -> Double {
        guard value.isFinite, value != 0 else { return value }
        let unit = pow(10, Double(digits - 1) - floor(log10(abs(value))))
        return unit.isFinite && unit > 0 ? (value * unit).rounded() / unit : value
    }
}
