extension String {
    enum PythonInteger {
        case value(Int)
        case tooLarge
        case invalid
    }

    /// Python's `int(text, base)`: blanks around, a sign, underscores between digits, and the prefixes 0b, 0o, 0x.
    func pythonInteger(base: Int) -> PythonInteger {
        guard base == 0 || (2...36).contains(base) else { return .invalid }
        var digits = pythonStripped(nil, .both)
        var sign = ""
        if let first = digits.utf8.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") {
            sign = String(digits.removeFirst())
        }
        var radix = base == 0 ? 10 : base
        for (prefix, value) in [("0x", 16), ("0o", 8), ("0b", 2)] where base == 0 || base == value {
            guard digits.lowercased().utf8HasPrefix(prefix) else { continue }
            digits.removeFirst(2)
            if digits.utf8.first == UInt8(ascii: "_") { digits.removeFirst() }
            radix = value
            break
        }
        guard let plain = digits.withoutDigitSeparators, !plain.isEmpty, plain.utf8.allSatisfy({ $0 < 0x80 }),
            plain.allSatisfy({ ($0.isLetter || $0.isNumber) && (Int(String($0), radix: 36) ?? 36) < radix })
        else { return .invalid }
        if base == 0, radix == 10, plain.utf8.first == UInt8(ascii: "0"), plain.contains(where: { $0 != "0" }) {
            return .invalid
        }
        return Int(sign + plain, radix: radix).map { .value($0) } ?? .tooLarge
    }

    /// Python's `float(text)`; nil if the text is not a number.
    var pythonDouble: Double? {
        let text = pythonStripped(nil, .both).lowercased()
        let unsigned = text.utf8HasPrefix("-") || text.utf8HasPrefix("+") ? String(text.dropFirst()) : text
        if ["inf", "infinity"].contains(unsigned) { return text.utf8HasPrefix("-") ? -Double.infinity : .infinity }
        if unsigned == "nan" { return .nan }
        guard let plain = unsigned.withoutDigitSeparators,
            plain.utf8.allSatisfy({ (0x30...0x39).contains($0) || "e+-.".utf8.contains($0) }),
            plain.utf8.contains(where: { (0x30...0x39).contains($0) })
        else { return nil }
        let completed = plain.utf8HasPrefix(".") ? "0" + plain : plain
        guard !completed.utf8HasPrefix("+"), !completed.utf8HasPrefix("-"), let value = Double(completed) else {
            return nil
        }
        return text.utf8HasPrefix("-") ? -value : value
    }

    /// Drops underscores between digits; nil if one stands anywhere else.
    private var withoutDigitSeparators: String? {
        let bytes = Array(utf8)
        for (index, byte) in bytes.enumerated() where byte == UInt8(ascii: "_") {
            guard index > 0, index + 1 < bytes.count else { return nil }
            for neighbour in [bytes[index - 1], bytes[index + 1]] {
                guard Character(Unicode.Scalar(neighbour)).isHexDigit || Character(Unicode.Scalar(neighbour)).isLetter
                else { return nil }
            }
        }
        return String(decoding: bytes.filter { $0 != UInt8(ascii: "_") }, as: UTF8.self)
    }
}
