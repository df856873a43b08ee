extension String {
    /// Python's `repr` of a string: single quotes unless only those occur inside, and escapes for what does not print.
    var pythonQuoted: String {
        let usesDouble = utf8.contains(UInt8(ascii: "'")) && !utf8.contains(UInt8(ascii: "\""))
        let quote: Unicode.Scalar = usesDouble ? "\"" : "'"
        var result = String(Character(quote))
        for scalar in unicodeScalars {
            if scalar == quote || scalar == "\\" {
                result += "\\"
                result.unicodeScalars.append(scalar)
            } else {
                result += scalar.escaped(asASCII: false)
            }
        }
        result.unicodeScalars.append(quote)
        return result
    }
}

extension Unicode.Scalar {
    /// The character, or Python's escape for it when it does not print (or, `asASCII`, is not ASCII).
    func escaped(asASCII: Bool) -> String {
        switch self {
        case "\n": return "\\n"
        case "\r": return "\\r"
        case "\t": return "\\t"
        default: break
        }
        if asASCII ? (0x20..<0x7F).contains(value) : isPythonPrintable { return String(Character(self)) }
        let digits = String(value, radix: 16)
        let (letter, width) = value < 0x100 ? ("x", 2) : value < 0x10000 ? ("u", 4) : ("U", 8)
        return "\\" + letter + String(repeating: "0", count: width - digits.count) + digits
    }
}
