/// Rewrites a pattern of tokenizer.json (Oniguruma's Ruby syntax) for PCRE2, so that both match the same text.
///
/// The two differ in what `\s`, `\v`, `\h` and the Unicode properties cover, in nested character classes and in
/// possessive intervals. What is known to mean the same is passed on, what can be expressed is rewritten, and
/// everything else is an error that names it. Sources: Oniguruma's doc/RE; pcre2pattern(3), pcre2syntax(3).
struct PatternTranslator {
    private let input: [Unicode.Scalar]
    private var position = 0
    private var output = ""

    /// The members of Unicode's White_Space, as PCRE2 writes them inside a class. PCRE2's own `\s` adds U+180E.
    static let whitespace =
        #"\x{9}-\x{d}\x{20}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}"#

    private init(_ pattern: String) {
        input = Array(pattern.unicodeScalars)
    }

    /// The PCRE2 pattern (for UTF, UCP and MULTILINE) that means what `pattern` means to Oniguruma.
    static func translate(_ pattern: String) throws(PatternSyntaxError) -> String {
        var translator = PatternTranslator(pattern)
        while translator.position < translator.input.count { try translator.translateOne() }
        return translator.output
    }

    private var current: Unicode.Scalar? { position < input.count ? input[position] : nil }

    private func peek(_ distance: Int) -> Unicode.Scalar? {
        position + distance < input.count ? input[position + distance] : nil
    }

    private func fail(_ construct: String) -> PatternSyntaxError {
        PatternSyntaxError(
            construct: "\(construct) in pattern \(TokenizerError.quoted(String(String.UnicodeScalarView(input))))")
    }

    // MARK: - Outside of classes

    private mutating func translateOne() throws(PatternSyntaxError) {
        guard let scalar = current else { return }
        switch scalar {
        case "\\":
            try translateEscape()
        case "[":
            try translateClass()
        case "(":
            try translateGroup()
        case "{":
            try translateInterval()
        default:
            output.unicodeScalars.append(scalar)
            position += 1
        }
    }

    private mutating func translateEscape() throws(PatternSyntaxError) {
        if let (members, negated) = try classEscape() {
            output += "[\(negated ? "^" : "")\(members)]"
        } else if let letter = peek(1), letter == "A" || letter == "z" {
            output += "\\\(letter)"
            position += 2
        } else {
            output += Self.literal(try characterEscape())
        }
    }

    private mutating func translateGroup() throws(PatternSyntaxError) {
        output += "("
        position += 1
        if current == "*" { throw fail("a verb (*…") }
        guard current == "?" else { return }
        let openings = ["?:", "?=", "?!", "?>", "?<=", "?<!", "?i:", "?-i:", "?i)"]
        for opening in openings where starts(with: opening) {
            output += opening
            position += opening.unicodeScalars.count
            return
        }
        throw fail("group (\(String(String.UnicodeScalarView(input[position...].prefix(3))))…")
    }

    private func starts(with text: String) -> Bool {
        input[position...].starts(with: text.unicodeScalars)
    }

    /// `{n}`, `{n,}`, `{,m}`, `{n,m}`, or a brace that is just a brace.
    private mutating func translateInterval() throws(PatternSyntaxError) {
        var end = position + 1
        while end < input.count, input[end] == "," || ("0"..."9").contains(input[end]) { end += 1 }
        let body = String(String.UnicodeScalarView(input[(position + 1)..<end]))
        let bounds = body.split(separator: ",", omittingEmptySubsequences: false)
        guard end < input.count, input[end] == "}", bounds.count <= 2, body != ",", !body.isEmpty else {
            output += "\\{"
            position += 1
            return
        }
        output += "{\(body.hasPrefix(",") ? "0" : "")\(body)}"
        position = end + 1
        if current == "+" { throw fail("repeated interval {\(body)}+") }
    }

    // MARK: - Escapes

    /// An escape that stands for a set, as the members of a PCRE2 class; nil if another kind of escape is next.
    private mutating func classEscape() throws(PatternSyntaxError) -> (members: String, negated: Bool)? {
        guard let letter = peek(1) else { throw fail("a lone backslash") }
        switch letter {
        case "s", "S":
            position += 2
            return (Self.whitespace, letter == "S")
        case "d", "D":
            position += 2
            return (Self.members(ofCategories: ["Nd"]), letter == "D")
        case "p", "P":
            return try property(negated: letter == "P")
        default:
            return nil
        }
    }

    private mutating func property(negated: Bool) throws(PatternSyntaxError) -> (members: String, negated: Bool) {
        var negated = negated
        guard peek(2) == "{" else { throw fail("\\p without braces") }
        var end = position + 3
        if end < input.count, input[end] == "^" {
            negated.toggle()
            end += 1
        }
        let start = end
        while end < input.count, input[end] != "}" { end += 1 }
        guard end < input.count else { throw fail("an unfinished \\p{") }
        let name = String(String.UnicodeScalarView(input[start..<end]))
        guard let categories = UnicodeSupplement.categories(of: name) else {
            throw fail("property \\p{\(name.prefix(30))}")
        }
        position = end + 1
        return (Self.members(ofCategories: categories), negated)
    }

    private static func members(ofCategories categories: [String]) -> String {
        var text = ""
        for category in categories {
            text += "\\p{\(category)}"
            for range in UnicodeSupplement.ranges(of: category) {
                text += "\\x{\(String(range.first, radix: 16))}-\\x{\(String(range.last, radix: 16))}"
            }
        }
        return text
    }

    /// An escape that stands for one character.
    private mutating func characterEscape() throws(PatternSyntaxError) -> Unicode.Scalar {
        guard let letter = peek(1) else { throw fail("a lone backslash") }
        let simple: [Unicode.Scalar: Unicode.Scalar] = [
            "n": "\n", "r": "\r", "t": "\t", "f": "\u{C}", "v": "\u{B}", "a": "\u{7}", "e": "\u{1B}",
        ]
        if let scalar = simple[letter] {
            position += 2
            return scalar
        }
        if letter == "x" || letter == "u" { return try hexadecimalEscape(letter) }
        guard letter.isASCII, !letter.properties.isAlphabetic, letter.properties.numericType == nil else {
            throw fail("escape \\\(letter)")
        }
        position += 2
        return letter
    }

    private mutating func hexadecimalEscape(_ letter: Unicode.Scalar) throws(PatternSyntaxError) -> Unicode.Scalar {
        let braced = letter == "x" && peek(2) == "{"
        let start = position + (braced ? 3 : 2)
        let limit = start + (braced ? 8 : letter == "u" ? 4 : 2)
        var end = start
        while end < min(limit, input.count), input[end].properties.isASCIIHexDigit { end += 1 }
        let digits = String(String.UnicodeScalarView(input[min(start, input.count)..<end]))
        guard let value = UInt32(digits, radix: 16), let scalar = Unicode.Scalar(value),
            braced ? end < input.count && input[end] == "}" : letter == "x" || digits.count == 4
        else { throw fail("escape \\\(letter)\(digits)") }
        // In a UTF-8 pattern, Oniguruma reads \xHH as a byte.
        if letter == "x" && !braced && value > 0x7F { throw fail("byte escape \\x\(digits)") }
        position = end + (braced ? 1 : 0)
        return scalar
    }

    private static func literal(_ scalar: Unicode.Scalar) -> String {
        "\\x{\(String(scalar.value, radix: 16))}"
    }

    // MARK: - Classes

    private mutating func translateClass() throws(PatternSyntaxError) {
        position += 1
        output += "["
        if current == "^" {
            output += "^"
            position += 1
        }
        if current == "]" { throw fail("a class that starts with ]") }
        var first = true
        while let scalar = current, scalar != "]" {
            if scalar == "-" {
                guard first || peek(1) == "]" else { throw fail("a bare - in a class") }
                output += "\\-"
                position += 1
            } else {
                try translateClassMember()
            }
            first = false
        }
        guard current == "]" else { throw fail("an unfinished class") }
        output += "]"
        position += 1
    }

    /// One set, one character or one range.
    private mutating func translateClassMember() throws(PatternSyntaxError) {
        if current == "\\", let (members, negated) = try classEscape() {
            guard !negated else {
                // The complement of White_Space: what PCRE2's \S covers, and the one character it leaves out.
                guard members == Self.whitespace else { throw fail("a negated property inside a class") }
                output += #"\S\x{180e}"#
                return
            }
            output += members
            if current == "-", peek(1) != "]" { throw fail("a range that starts with a set") }
            return
        }
        let low = try classCharacter()
        output += Self.literal(low)
        guard current == "-", let next = peek(1), next != "]" else { return }
        position += 1
        let high = try classCharacter()
        guard low.value <= high.value else { throw fail("an empty range in a class") }
        output += "-\(Self.literal(high))"
    }

    private mutating func classCharacter() throws(PatternSyntaxError) -> Unicode.Scalar {
        guard let scalar = current else { throw fail("an unfinished class") }
        switch scalar {
        case "\\":
            return try characterEscape()
        case "[":
            throw fail("a class inside a class")
        case "&" where peek(1) == "&":
            throw fail("an intersection of classes")
        default:
            position += 1
            return scalar
        }
    }
}
