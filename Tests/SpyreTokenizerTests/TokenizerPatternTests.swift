import CPCRE2
import Testing

@testable import SpyreTokenizer

@Suite struct TokenizerPatternTests {
    private static let allScalars: [UInt8] = (0...0x10FFFF).flatMap { value in
        UInt32(value) == 0xD800 ? [] : Unicode.Scalar(UInt32(value)).map { Array(String($0).utf8) } ?? []
    }

    /// Unicode's version in the PCRE2 at hand, such as 14.
    private static var unicodeVersion: Int {
        var buffer = [UInt8](repeating: 0, count: 64)
        pcre2_config_8(UInt32(PCRE2_CONFIG_UNICODE_VERSION), &buffer)
        return Int(String(decoding: buffer.prefix { $0 != 0x2E && $0 != 0 }, as: UTF8.self)) ?? 0
    }

    /// How many code points Oniguruma (Unicode 16) finds in the set; recorded with tokenizers 0.23.3.
    @Test(arguments: [
        (#"\s"#, 25), (#"\p{L}"#, 141_028), (#"\p{N}"#, 1911), (#"\d"#, 760), (#"\p{M}"#, 2501), (#"\p{P}"#, 855),
        (#"\p{S}"#, 8514), (#"\p{Z}"#, 19), (#"\p{Lu}"#, 1858), (#"[^\S\n]"#, 24), (#"[\s\p{Lu}]"#, 1883),
    ])
    func setsAreThoseOfOniguruma(_ pattern: String, _ expected: Int) throws {
        // A PCRE2 that is ahead of Oniguruma knows more characters.
        guard Self.unicodeVersion <= 16 else { return }
        let compiled = try CompiledPattern(oniguruma: pattern)
        var count = 0
        try Self.allScalars.withUnsafeBufferPointer { text in
            try PatternMatcher().forEachMatch(of: compiled, in: text) { _ in count += 1 }
        }
        #expect(count == expected)
    }

    private func matches(_ pattern: String, _ text: String) throws -> [String] {
        let compiled = try CompiledPattern(oniguruma: pattern)
        let bytes = Array(text.utf8)
        var found: [String] = []
        try bytes.withUnsafeBufferPointer { text in
            try PatternMatcher().forEachMatch(of: compiled, in: text) { range in
                found.append(String(decoding: text[range], as: UTF8.self))
            }
        }
        return found
    }

    @Test func constructsThatDifferAreRewritten() throws {
        #expect(try matches(#"\s"#, "\u{180E} \u{85}") == [" ", "\u{85}"])
        #expect(try matches(#"\v"#, "\n\u{B}\u{2028}") == ["\u{B}"])
        #expect(try matches(#"a{,2}b"#, "aaab") == ["aab"])
        #expect(try matches(#"x{y"#, "x{y") == ["x{y"])
        #expect(try matches(#"^a$"#, "a\nb\na") == ["a", "a"])
        #expect(try matches(#"[a\-\]z-]+"#, "b-]az") == ["-]az"])
        #expect(try matches(#"[\x41-\u0043]"#, "ABCD") == ["A", "B", "C"])
        #expect(try matches(#"[^\r\n\p{L}]"#, "a\n1") == ["1"])
        #expect(try matches(#"(?i:'s)"#, "'s'S'\u{17F}") == ["'s", "'S", "'\u{17F}"])
        #expect(try matches("x*", "axxb") == ["", "xx", ""])
    }

    @Test(arguments: [
        #"\w+"#, #"\h"#, #"\b"#, #"\R"#, #"\X"#, #"\K"#, #"\1"#, #"\p{Han}"#, #"\pL"#, #"[a[b]]"#, "[a&&b]", "[]a]",
        #"[\P{L}]"#, #"[\D]"#, "(?m)a", "(?<n>a)", "(?#c)", "a{2}+", "[a", "(a", "a)", #"a\"#, "[z-a]", #"[\d-z]"#,
        #"\xE9"#,
        #"\p{L"#, "*", #"\x{110000}"#, "[a-\\d]", "(*LIMIT_MATCH=1)",
    ])
    func otherConstructsAreNamed(_ pattern: String) {
        let error = #expect(throws: PatternSyntaxError.self) { try CompiledPattern(oniguruma: pattern) }
        #expect(error?.construct.contains("pattern") == true)
    }

    @Test func runawayPatternsStop() throws {
        let steps: [PreTokenizerStep] = [
            .split(.regex("(a+)+$"), behavior: .isolated, invert: false),
            .byteLevel(addPrefixSpace: false, useRegex: false),
        ]
        let definition = BPEDefinition(tokens: ["a"], merges: [], preTokenizer: .sequence(steps))
        let tokenizer = try BPETokenizer(definition: definition)
        let error = #expect(throws: TokenizerError.self) {
            try tokenizer.encode(String(repeating: "a", count: 40) + "!")
        }
        #expect(error?.description.contains("gave up") == true)
    }

    /// Cases in which Foundation's mapping of the whole string is wrong, and characters later than Unicode 9.
    @Test(arguments: [
        ("\u{AC00}\u{11A8}", "\u{AC01}"), ("\u{1100}\u{1161}\u{11A8}", "\u{AC01}"),
        ("\u{F80}\u{F81}\u{F82}", "\u{F71}\u{F80}\u{F80}\u{F82}"), ("\u{CC6}\u{CC2}\u{CD5}", "\u{CCB}"),
        ("q\u{307}\u{323}", "q\u{323}\u{307}"), ("a\u{323}\u{302}", "\u{1EAD}"), ("\u{212B}", "\u{C5}"),
        ("\u{958}", "\u{915}\u{93C}"), ("\u{344}", "\u{308}\u{301}"), ("e\u{89E}\u{1DCF}", "e\u{89E}\u{1DCF}"),
        ("", ""),
    ])
    func formCIsThatOfHuggingFace(_ text: String, _ expected: String) {
        #expect(sameBytes(Normalizer.nfc.apply(to: text), expected))
    }
}
