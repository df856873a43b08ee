import Testing

/// One variant of one kernel under test: it holds results against what is expected of them, and remembers the worst.
final class Trial {
    let kernel: String
    let isa: String
    /// The worst errors, by what was under test beside the kernel itself.
    private(set) var parts: [String: WorstError] = [:]
    private var worst = WorstError()
    private var part = ""
    private var failures = 0

    init(kernel: String, isa: String) {
        self.kernel = kernel
        self.isa = isa
    }

    var elements: Int { parts.values.reduce(worst.elements) { $0 + $1.elements } }

    /// Checks that get a line of their own in the table of errors.
    func part(_ name: String, _ body: () throws -> Void) rethrows {
        closePart()
        part = name
        defer { closePart() }
        try body()
    }

    func closePart() {
        if worst.elements > 0 { parts[part, default: WorstError()].merge(worst) }
        (worst, part) = (WorstError(), "")
    }

    /// One element. An error of 0 asks for the same bits; where the exact value, or an error away from it, is past the
    /// largest number, an infinity of its sign is right too.
    func hold(_ got: Float, _ expected: Expected, _ place: @autoclosure () -> String) {
        worst.elements += 1
        let exact = expected.value
        if exact.isNaN || exact.isInfinite {
            if exact.isNaN ? !got.isNaN : Double(got) != exact { fail("\(got) instead of \(exact)", place()) }
            return
        }
        let distance = abs(Double(got) - exact)
        if expected.error == .infinity { return }
        if expected.error == 0 {
            if got.bitPattern != Float(exact).bitPattern { fail("\(got) instead of \(exact)", place()) }
            return
        }
        let reach = abs(exact) + expected.error
        if got.isInfinite, reach >= 0x1.fffffep127, (got > 0) == (exact > 0) { return }
        guard distance <= expected.error else {
            fail("\(got) instead of \(exact), \(distance) off, allowed are \(expected.error)", place())
            return
        }
        let share = distance / expected.error
        let unit = unitInTheLastPlace(max(abs(exact), expected.size))
        if share > worst.share { (worst.share, worst.place, worst.bound) = (share, place(), expected.error / unit) }
        worst.ulps = max(worst.ulps, distance / unit)
    }

    /// Rows of elements.
    func hold(_ got: [[Float]], _ expected: [[Expected]], _ place: @autoclosure () -> String) {
        guard got.count == expected.count else {
            return fail("\(got.count) rows instead of \(expected.count)", place())
        }
        for (row, (got, expected)) in zip(got, expected).enumerated() {
            guard got.count == expected.count else { return fail("row \(row) has \(got.count) elements", place()) }
            for i in got.indices { hold(got[i], expected[i], "\(place()), row \(row), element \(i)") }
        }
    }

    /// The same bits as another call gave. One NaN is as good as another.
    func same(_ got: [[Float]], _ other: [[Float]], _ place: @autoclosure () -> String) {
        guard got.count == other.count else { return fail("\(got.count) rows instead of \(other.count)", place()) }
        for (row, (got, other)) in zip(got, other).enumerated() {
            worst.elements += got.count
            let matches =
                got.count == other.count
                && zip(got, other).allSatisfy {
                    $0.bitPattern == $1.bitPattern || ($0.isNaN && $1.isNaN)
                }
            if !matches {
                let i = zip(got, other).enumerated().first { $1.0.bitPattern != $1.1.bitPattern }?.offset ?? 0
                return fail("other bits than expected in element \(i) of row \(row)", place())
            }
        }
    }

    func fail(_ what: String, _ place: String) {
        failures += 1
        // The first few say enough.
        if failures <= 5 { Issue.record("\(kernel) on \(isa): \(what): \(place)") }
    }
}
