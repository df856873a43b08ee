/// Text of HTML and SVG.
package enum Markup {
    /// Text that may stand in an element or an attribute.
    package static func escape(_ text: String) -> String {
        var result = ""
        for character in text.unicodeScalars {
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            default: result.unicodeScalars.append(character)
            }
        }
        return result
    }

    /// An element; attribute values are escaped, the content is not.
    package static func element(
        _ name: String, _ attributes: [(String, String)] = [], _ content: String = ""
    ) -> String {
        let list = attributes.map { " \($0)=\"\(escape($1))\"" }.joined()
        return "<\(name)\(list)>\(content)</\(name)>"
    }

    /// A coordinate or a figure: at most two digits behind the point.
    package static func number(_ value: Double) -> String {
        guard value.isFinite else { return "0" }
        let hundredths = (value * 100).rounded()
        guard abs(hundredths) < 1e15 else { return "\(value)" }
        let whole = Int(hundredths)
        let sign = whole < 0 ? "-" : ""
        let (units, rest) = (abs(whole) / 100, abs(whole) % 100)
        if rest == 0 { return "\(sign)\(units)" }
        return "\(sign)\(units)." + (rest % 10 == 0 ? "\(rest / 10)" : rest < 10 ? "0\(rest)" : "\(rest)")
    }

    /// A figure with three significant digits: `0.0123`, `1.23`, `12.3`, `1230`.
    package static func figure(_ value: Double) -> String {
        let rounded = Rounding.significant(value, 3)
        guard rounded.isFinite else { return "-" }
        if abs(rounded) >= 1e15 { return "\(rounded)" }
        if abs(rounded) >= 100 || rounded == 0 { return "\(Int(rounded))" }
        var text = "\(rounded)"
        if text.hasSuffix(".0") { text.removeLast(2) }
        return text
    }
}
