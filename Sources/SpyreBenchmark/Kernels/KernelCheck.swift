/// How a kernel's result compares with what it should be.
package struct KernelCheck: Sendable, Equatable, Encodable {
    /// Largest error, in parts of the bound that holds there; right up to 1.
    package private(set) var worst = 0.0
    /// Elements that were compared.
    package private(set) var elements = 0
    /// The bound, in words.
    package let bound: String

    package init(bound: String) { self.bound = bound }

    /// Compares one element; a difference that is no number is infinitely wrong.
    package mutating func compare(_ value: Float, _ exact: Double, within bound: Double) {
        elements += 1
        let error = abs(Double(value) - exact)
        guard error > 0 || error.isNaN else { return }
        let part = error / bound
        worst = part.isNaN ? .infinity : max(worst, part)
    }

    /// All of a result has to be a number: outputs are filled with NaN before, so this finds what was not written.
    package mutating func expectNumbers(_ values: [Float]) {
        // A NaN or infinity makes the sum of differences NaN, and nothing else does.
        var sum: Float = 0
        for value in values { sum += value - value }
        if sum != 0 { worst = .infinity }
    }

    package mutating func expectEqual(_ values: [Int32], _ exact: [Int32]) {
        elements += exact.count
        if values != exact { worst = .infinity }
    }
}

/// Relative error of a float32 sum of n terms in any order (Higham 2002, section 3.1).
package func gamma(_ terms: Int) -> Double {
    let error = Double(terms) * 0x1p-24
    return error / (1 - error)
}
