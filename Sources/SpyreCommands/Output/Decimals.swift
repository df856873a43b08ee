import Foundation

/// Numbers for people, the same in every locale.
enum Decimals {
    static func text(_ value: Double, digits: Int) -> String {
        String(format: "%.*f", digits, value)
    }

    /// `98.4 MB`, `1.2 GB`: powers of 1000.
    static func bytes(_ count: Int) -> String {
        let units = ["B", "kB", "MB", "GB", "TB"]
        var value = Double(count)
        var unit = 0
        while value >= 1000, unit + 1 < units.count {
            value /= 1000
            unit += 1
        }
        return text(value, digits: unit == 0 ? 0 : 1) + " " + units[unit]
    }
}
