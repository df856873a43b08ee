import Foundation

/// Measured figures with as many digits as they are worth.
package enum Rounding {
    /// To so many significant digits; what is not finite stays as it is.
    package static func significant(_ value: Double, _ digits: Int) -> Double {
        guard value.isFinite, value != 0 else { return value }
        let exponent = floor(log10(abs(value))) - Double(digits - 1)
        // A power of ten above 1 is exact, one below is not: dividing a whole number by the one or multiplying it by it
        // gives the double nearest to the decimal, which prints without further digits.
        let unit = pow(10, abs(exponent))
        guard unit.isFinite else { return value }
        let rounded = exponent > 0 ? (value / unit).rounded() * unit : (value * unit).rounded() / unit
        return rounded.isFinite ? rounded : value
    }
}
