/// The exact value of an element, in float64, and how far a kernel may be from it.
struct Expected {
    var value: Double
    var error: Double
    /// Size of the terms that add up to the value. Errors are told in units of the last place of the larger of the two,
    /// so that a sum which cancels does not count as a large error; infinity where the unit says nothing, as for what
    /// was rounded to a coarser type on the way.
    var size = 0.0

    /// The bits that an operation has which rounds as IEEE 754 says.
    static func bits(_ value: Float) -> Expected { Expected(value: Double(value), error: 0) }

    /// Within `count` units of the last place.
    static func ulps(_ count: Double, of value: Double) -> Expected {
        Expected(value: value, error: count * unitInTheLastPlace(value))
    }

    /// The value after `times` more roundings.
    func rounded(_ times: Int = 1) -> Expected {
        Expected(
            value: value, error: error + gamma(times) * (abs(value) + error) + Double(times) * tiny,
            size: max(size, abs(value)))
    }

    static func + (a: Expected, b: Expected) -> Expected {
        Expected(value: a.value + b.value, error: a.error + b.error, size: a.size + b.size).rounded()
    }

    static func * (a: Expected, b: Expected) -> Expected {
        let error = a.error * (abs(b.value) + b.error) + abs(a.value) * b.error
        let size = max(a.size, abs(a.value)) * max(b.size, abs(b.value))
        return Expected(value: a.value * b.value, error: error, size: size).rounded()
    }
}
