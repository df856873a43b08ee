import Testing

@testable import SpyreEngine

@Suite struct StopStringMatcherTests {
    /// What the automaton must say at each byte, found by looking at the whole text every time.
    static func oracle(_ text: [UInt8], _ strings: [String]) -> [(found: String?, pending: Int)] {
        text.indices.map { end in
            let read = text[...end]
            let found = strings.filter { read.suffix($0.utf8.count).elementsEqual($0.utf8) }
                .max { $0.utf8.count < $1.utf8.count }
            let pending = strings.flatMap { string in
                (0..<string.utf8.count).filter { read.suffix($0).elementsEqual(string.utf8.prefix($0)) }
            }
            return (found, pending.max() ?? 0)
        }
    }

    @Test(arguments: [
        ["a"], ["ab"], ["aab"], ["aaa"], ["abab", "ba"], ["aba", "abab", "b"], ["abaabaab"], ["ab", "abc", "bca"],
        ["é", "aé"],
    ])
    func everyByteOfRandomTexts(strings: [String]) {
        var generator = TestGenerator(1)
        for _ in 0..<50 {
            let text = (0..<40).map { _ in ["a", "b", "a", "b", "c", "é"].randomElement(using: &generator) ?? "a" }
            let bytes = Array(text.joined().utf8)
            var matcher = StopStringMatcher(strings)
            for (byte, wanted) in zip(bytes, Self.oracle(bytes, strings)) {
                #expect(matcher.advance(byte) == wanted.found)
                #expect(matcher.pendingBytes == wanted.pending)
            }
        }
    }

    @Test func emptyStringsAreIgnored() {
        var matcher = StopStringMatcher(["", "x"])
        #expect(!matcher.isEmpty)
        #expect(matcher.advance(UInt8(ascii: "y")) == nil)
        #expect(matcher.advance(UInt8(ascii: "x")) == "x")
        #expect(StopStringMatcher([""]).isEmpty)
    }
}
