/// Makes any text one line that is safe to print on a terminal.
enum OneLine {
    /// Runs of white space and line breaks become one space, other control characters are escaped.
    static func text(_ text: String) -> String {
        var line = ""
        var space = false
        for scalar in text.unicodeScalars {
            if scalar.properties.isWhitespace {
                space = true
                continue
            }
            if space, !line.isEmpty { line += " " }
            space = false
            switch scalar.properties.generalCategory {
            case .control, .format, .surrogate: line += "\\u{\(String(scalar.value, radix: 16))}"
            default: line.unicodeScalars.append(scalar)
            }
        }
        return line
    }

    /// Text from a user, quoted and shortened.
    static func quoted(_ text: String, limit: Int = 60) -> String {
        let line = Self.text(text)
        return "'" + (line.count > limit ? line.prefix(limit) + "…" : line) + "'"
    }
}
