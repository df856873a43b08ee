import Foundation

/// The conversions of C's `strftime` (ISO C17 7.27.3.5) in the C locale.
struct TemplateDateFormatter {
    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]
    private static let days = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]

    private let parts: DateComponents
    private let dayOfYear: Int
    private let zone: String
    private let offset: Int

    init(date: Date, timeZone: TimeZone) {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = timeZone
        parts = calendar.dateComponents([.year, .month, .day, .hour, .minute, .second, .weekday], from: date)
        dayOfYear = calendar.ordinality(of: .day, in: .year, for: date) ?? 1
        zone = timeZone.abbreviation(for: date) ?? ""
        offset = timeZone.secondsFromGMT(for: date)
    }

    /// Nil if the format holds a conversion that is not known.
    func format(_ format: String) -> String? {
        var result = ""
        var scalars = format.unicodeScalars.makeIterator()
        while let scalar = scalars.next() {
            guard scalar == "%" else {
                result.unicodeScalars.append(scalar)
                continue
            }
            guard var conversion = scalars.next() else { return nil }
            let isUnpadded = conversion == "-"
            if isUnpadded {
                guard let next = scalars.next() else { return nil }
                conversion = next
            }
            guard let text = convert(conversion, isUnpadded: isUnpadded) else { return nil }
            result += text
        }
        return result
    }

    private func convert(_ conversion: Unicode.Scalar, isUnpadded: Bool) -> String? {
        func pad(_ value: Int, _ width: Int, with character: String = "0") -> String {
            let digits = String(value)
            return isUnpadded ? digits : String(repeating: character, count: max(0, width - digits.count)) + digits
        }
        let hour = parts.hour ?? 0
        let hour12 = hour % 12 == 0 ? 12 : hour % 12
        switch conversion {
        case "Y": return String(parts.year ?? 0)
        case "y": return pad((parts.year ?? 0) % 100, 2)
        case "m": return pad(parts.month ?? 1, 2)
        case "d": return pad(parts.day ?? 1, 2)
        case "e": return pad(parts.day ?? 1, 2, with: " ")
        case "H": return pad(hour, 2)
        case "I": return pad(hour12, 2)
        case "M": return pad(parts.minute ?? 0, 2)
        case "S": return pad(parts.second ?? 0, 2)
        case "j": return pad(dayOfYear, 3)
        case "w": return String((parts.weekday ?? 1) - 1)
        case "u": return String(((parts.weekday ?? 1) + 5) % 7 + 1)
        case "p": return hour < 12 ? "AM" : "PM"
        case "B": return Self.months[((parts.month ?? 1) + 11) % 12]
        case "b", "h": return String(Self.months[((parts.month ?? 1) + 11) % 12].prefix(3))
        case "A": return Self.days[((parts.weekday ?? 1) + 6) % 7]
        case "a": return String(Self.days[((parts.weekday ?? 1) + 6) % 7].prefix(3))
        case "F": return format("%Y-%m-%d")
        case "T": return format("%H:%M:%S")
        case "R": return format("%H:%M")
        case "D", "x": return format("%m/%d/%y")
        case "X": return format("%H:%M:%S")
        case "c": return format("%a %b %e %H:%M:%S %Y")
        case "Z": return zone
        case "z": return (offset < 0 ? "-" : "+") + pad(abs(offset) / 3600, 2) + pad(abs(offset) / 60 % 60, 2)
        case "n": return "\n"
        case "t": return "\t"
        case "%": return "%"
        default: return nil
        }
    }
}
