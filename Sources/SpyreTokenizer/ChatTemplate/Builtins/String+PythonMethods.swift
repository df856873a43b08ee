/// Python's string operations. All work on code points or UTF-8, never on Swift's characters, which would join
/// `\r\n` and combining marks.
extension String {
    enum PythonSide { case leading, trailing, both }

    /// `str.strip`, `lstrip`, `rstrip`; nil strips whitespace.
    func pythonStripped(_ characters: Set<Unicode.Scalar>?, _ side: PythonSide) -> String {
        func isStripped(_ scalar: Unicode.Scalar) -> Bool { characters?.contains(scalar) ?? scalar.isPythonSpace }
        var view = unicodeScalars[...]
        if side != .trailing {
            while let first = view.first, isStripped(first) { view = view.dropFirst() }
        }
        if side != .leading {
            while let last = view.last, isStripped(last) { view = view.dropLast() }
        }
        return String(view)
    }

    func utf8HasPrefix(_ prefix: String) -> Bool { utf8.starts(with: prefix.utf8) }

    func utf8HasSuffix(_ suffix: String) -> Bool { utf8.reversed().starts(with: suffix.utf8.reversed()) }

    /// Splits at one ASCII character.
    func utf8Split(_ separator: Unicode.Scalar) -> [String] {
        unicodeScalars.split(separator: separator, omittingEmptySubsequences: false).map { String($0) }
    }

    // MARK: - Case

    /// `str.lower`. A capital sigma at the end of a word becomes a final sigma (Unicode Final_Sigma condition).
    var pythonLowercased: String {
        guard unicodeScalars.contains("Σ") else { return lowercased() }
        let scalars = Array(unicodeScalars)
        var result = ""
        for (index, scalar) in scalars.enumerated() {
            guard scalar == "Σ" else {
                result += scalar.properties.lowercaseMapping
                continue
            }
            let before = scalars[..<index].last { !$0.properties.isCaseIgnorable }
            let after = scalars[(index + 1)...].first { !$0.properties.isCaseIgnorable }
            result += (before?.isCased ?? false) && !(after?.isCased ?? false) ? "ς" : "σ"
        }
        return result
    }

    var pythonCapitalized: String {
        guard let first = unicodeScalars.first else { return "" }
        return first.properties.titlecaseMapping + String(unicodeScalars.dropFirst()).pythonLowercased
    }

    /// `str.title`: a letter starts a word unless a cased letter is before it.
    var pythonTitled: String {
        var result = ""
        var isInsideWord = false
        for scalar in unicodeScalars {
            result += isInsideWord ? scalar.properties.lowercaseMapping : scalar.properties.titlecaseMapping
            isInsideWord = scalar.isCased
        }
        return result
    }

    /// `str.isupper` and `str.islower`: at least one cased character, and none of the other case.
    func hasPythonCase(upper: Bool) -> Bool {
        var hasCased = false
        for scalar in unicodeScalars {
            if scalar.isTitlecase { return false }
            if upper ? scalar.properties.isLowercase : scalar.properties.isUppercase { return false }
            hasCased = hasCased || scalar.isCased
        }
        return hasCased
    }

    // MARK: - Splitting

    /// `str.splitlines`.
    func pythonLines(keepsEnds: Bool) -> [String] {
        let scalars = Array(unicodeScalars)
        var lines: [String] = []
        var start = 0
        var index = 0
        while index < scalars.count {
            guard scalars[index].isPythonLineBreak else {
                index += 1
                continue
            }
            let end = index
            index += scalars[index] == "\r" && index + 1 < scalars.count && scalars[index + 1] == "\n" ? 2 : 1
            lines.append(String(scalars: scalars[start..<(keepsEnds ? index : end)]))
            start = index
        }
        if start < scalars.count { lines.append(String(scalars: scalars[start...])) }
        return lines
    }

    /// `str.split()` and `str.rsplit()` at runs of whitespace.
    func pythonWords(maximum: Int, fromEnd: Bool) -> [String] {
        var scalars = Array(unicodeScalars)
        if fromEnd { scalars.reverse() }
        func make(_ part: ArraySlice<Unicode.Scalar>) -> String {
            fromEnd ? String(scalars: part.reversed()[...]) : String(scalars: part)
        }
        var words: [String] = []
        var rest = scalars.drop(while: \.isPythonSpace)
        while !rest.isEmpty {
            if words.count == maximum {
                words.append(make(rest))
                break
            }
            let word = rest.prefix { !$0.isPythonSpace }
            words.append(make(word))
            rest = rest.dropFirst(word.count).drop(while: \.isPythonSpace)
        }
        return fromEnd ? words.reversed() : words
    }

    /// `str.split(separator)` and `str.rsplit(separator)`; the separator is not empty.
    func pythonSplit(_ separator: String, maximum: Int, fromEnd: Bool) -> [String] {
        let bytes = Array(utf8)
        let positions =
            fromEnd
            ? bytes.reversedOccurrences(of: separator, limit: maximum)
            : TemplateTextSearch(separator).occurrences(in: bytes, limit: maximum)
        var parts: [String] = []
        var start = 0
        for position in positions {
            parts.append(String(decoding: bytes[start..<position], as: UTF8.self))
            start = position + separator.utf8.count
        }
        return parts + [String(decoding: bytes[start...], as: UTF8.self)]
    }

    init(scalars: ArraySlice<Unicode.Scalar>) {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        self.init(view)
    }
}

extension [UInt8] {
    /// Offsets of the last `limit` occurrences that do not overlap, in ascending order.
    func reversedOccurrences(of text: String, limit: Int) -> [Int] {
        let needle = [UInt8](text.utf8)
        let search = TemplateTextSearch(bytes: needle.reversed())
        return search.occurrences(in: reversed(), limit: limit).map { count - $0 - needle.count }.reversed()
    }
}

extension Unicode.Scalar {
    /// The line boundaries of `str.splitlines`.
    var isPythonLineBreak: Bool {
        switch value {
        case 0x0A...0x0D, 0x1C...0x1E, 0x85, 0x2028, 0x2029: true
        default: false
        }
    }

    /// `str.isdigit`: decimal digits and digits in other forms, such as superscripts.
    var isPythonDigit: Bool { properties.numericType == .decimal || properties.numericType == .digit }
}
