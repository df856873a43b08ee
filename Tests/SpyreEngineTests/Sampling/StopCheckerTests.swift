import Testing

@testable import SpyreEngine

@Suite struct StopCheckerTests {
    static let end = 2

    static func checker(
        _ params: SamplingParams, endTokens: [Int] = [end], promptLength: Int = 10, context: Int = 1_000
    ) -> StopChecker {
        StopChecker(params, endTokens: endTokens, promptLength: promptLength, maximumModelLength: context)
    }

    /// Feeds pieces of text under token ids from 100 on and returns the texts shown and the end.
    static func run(
        _ pieces: [String], _ change: (inout SamplingParams) -> Void = { _ in }
    ) -> (shown: [String], finish: StopStep.Finish?) {
        var params = SamplingParams(maxTokens: nil)
        change(&params)
        var checker = checker(params)
        var shown: [String] = []
        for (index, piece) in pieces.enumerated() {
            let step = checker.append(token: 100 + index, text: piece)
            shown.append(step.text)
            if let finish = step.finish { return (shown, finish) }
        }
        return (shown, nil)
    }

    static func stopped(_ string: String) -> StopStep.Finish { .init(.stop, stop: .string(string)) }

    // MARK: Tokens

    @Test func endOfSequence() {
        var checker = Self.checker(SamplingParams())
        #expect(checker.append(token: 7, text: "a") == StopStep(text: "a"))
        #expect(checker.append(token: Self.end, text: "</s>") == StopStep(text: "", finish: .init(.stop)))
        #expect(checker.finish == .init(.stop))
        #expect(checker.tokenCount == 2)
        // Tokens after the end change nothing.
        #expect(checker.append(token: 7, text: "b") == StopStep(text: "", finish: .init(.stop)))
        #expect(checker.end(.abort) == StopStep(text: "", finish: .init(.stop)))
        #expect(checker.tokenCount == 2)
    }

    @Test func theTextOfAStopTokenIsNotAskedFor() {
        var checker = Self.checker(SamplingParams())
        func text() -> String {
            Issue.record("the text of the end token was evaluated")
            return ""
        }
        #expect(checker.append(token: Self.end, text: text()).finish?.reason == .stop)
    }

    @Test func stopTextCanBeIncluded() {
        var params = SamplingParams()
        params.includeStopStringInOutput = true
        var checker = Self.checker(params)
        #expect(checker.append(token: Self.end, text: "</s>") == StopStep(text: "</s>", finish: .init(.stop)))
    }

    @Test func severalEndTokens() {
        for token in [2, 5] {
            var checker = Self.checker(SamplingParams(), endTokens: [2, 5])
            #expect(checker.append(token: token, text: "").finish == .init(.stop))
        }
    }

    @Test func ignoreEOS() {
        var params = SamplingParams(maxTokens: 3, ignoreEOS: true)
        var checker = Self.checker(params)
        #expect(checker.append(token: Self.end, text: "").finish == nil)
        #expect(checker.append(token: 10, text: "a").finish == nil)
        #expect(checker.append(token: Self.end, text: "").finish == .init(.length))
        // A stop id that is an end id too still stops.
        params.stopTokenIDs = [Self.end]
        checker = Self.checker(params)
        #expect(checker.append(token: Self.end, text: "").finish == .init(.stop, stop: .token(Self.end)))
    }

    @Test func stopTokens() {
        var params = SamplingParams()
        params.stopTokenIDs = [42, 43]
        var checker = Self.checker(params)
        #expect(checker.append(token: 10, text: "a").finish == nil)
        #expect(checker.append(token: 42, text: "b") == StopStep(text: "", finish: .init(.stop, stop: .token(42))))
    }

    @Test func lengths() {
        var checker = Self.checker(SamplingParams(maxTokens: 2))
        #expect(checker.append(token: 10, text: "a").finish == nil)
        #expect(checker.append(token: 11, text: "b") == StopStep(text: "b", finish: .init(.length)))
        // The end token wins over the length that it reaches.
        checker = Self.checker(SamplingParams(maxTokens: 1))
        #expect(checker.append(token: Self.end, text: "").finish == .init(.stop))
        // The context's end, with and without max_tokens.
        for maxTokens in [nil, 900] {
            checker = Self.checker(SamplingParams(maxTokens: maxTokens), promptLength: 10, context: 12)
            #expect(checker.append(token: 10, text: "a").finish == nil)
            #expect(checker.append(token: 11, text: "b").finish == .init(.length))
        }
    }

    @Test func minimumLength() {
        var params = SamplingParams()
        params.minTokens = 3
        params.stopTokenIDs = [42]
        var checker = Self.checker(params)
        #expect(checker.append(token: Self.end, text: "e").finish == nil)
        #expect(checker.append(token: 42, text: "s").finish == nil)
        #expect(checker.append(token: 42, text: "s").finish == .init(.stop, stop: .token(42)))
        // A full context ends a sequence whatever its minimum is.
        params.maxTokens = nil
        checker = Self.checker(params, promptLength: 10, context: 11)
        #expect(checker.append(token: 9, text: "a").finish == .init(.length))
    }

    // MARK: Stop strings

    @Test func textBeforeTheStopStringIsShown() {
        let run = Self.run(["Hello", " wor", "ld. More"]) { $0.stop = ["world"] }
        #expect(run.shown == ["Hello", " ", ""])
        #expect(run.finish == Self.stopped("world"))
    }

    @Test func theStopStringCanBeIncluded() {
        let run = Self.run(["Hello", " wor", "ld. More"]) {
            $0.stop = ["world"]
            $0.includeStopStringInOutput = true
        }
        #expect(run.shown == ["Hello", " ", "world"])
        #expect(run.finish == Self.stopped("world"))
    }

    @Test func heldTextIsShownWhenItIsNoStop() {
        let run = Self.run(["a\n", "b\n", "\n", "c"]) { $0.stop = ["\n\n"] }
        #expect(run.shown == ["a", "\nb", ""])
        #expect(run.finish == Self.stopped("\n\n"))
        #expect(Self.run(["ab", "ab", "x"]) { $0.stop = ["ababab"] }.shown == ["", "", "ababx"])
        // Only what may still become a stop is held: after "abab" + "c" nothing is.
        #expect(Self.run(["aab"]) { $0.stop = ["ab!"] }.shown == ["a"])
    }

    @Test func stopAtOnce() {
        let run = Self.run(["END of it"]) { $0.stop = ["END"] }
        #expect(run.shown == [""])
        #expect(run.finish == Self.stopped("END"))
    }

    @Test func theStopThatEndsFirstIsTaken() {
        #expect(Self.run(["xabcd"]) { $0.stop = ["abcd", "bc"] }.shown == ["xa"])
        #expect(Self.run(["xabcd"]) { $0.stop = ["abcd", "bc"] }.finish == Self.stopped("bc"))
        // Ending together: the one that begins first, in whatever order they are given.
        for stop in [["c", "abc", "bc"], ["abc", "bc", "c"]] {
            let run = Self.run(["xab", "cd"]) { $0.stop = stop }
            #expect(run.shown == ["x", ""])
            #expect(run.finish == Self.stopped("abc"))
        }
    }

    @Test func unicode() {
        #expect(Self.run(["a", "é", "👩", "‍👩", "b"]) { $0.stop = ["👩‍👩"] }.shown == ["a", "é", "", ""])
        // Two code points are not the one that looks the same, and half of a character is no match.
        #expect(Self.run(["e\u{301}x"]) { $0.stop = ["\u{e9}"] }.finish == nil)
        let run = Self.run(["naïve", " ï"]) { $0.stop = ["ïx", "ü"] }
        #expect(run.shown == ["naïve", " "])
        #expect(run.finish == nil)
    }

    @Test func stopStringsCountAfterTheMinimum() {
        // Found in the text of the first two tokens: ignored, and shown.
        var run = Self.run(["STOP", " a", " b", "STOP"]) {
            $0.stop = ["STOP"]
            $0.minTokens = 2
        }
        #expect(run.shown == ["STOP", " a", " b", ""])
        #expect(run.finish == Self.stopped("STOP"))
        // Begun before the minimum and completed after it: counts, and its beginning was held back.
        run = Self.run(["a", " ST", "OP"]) {
            $0.stop = ["STOP"]
            $0.minTokens = 2
        }
        #expect(run.shown == ["a", " ", ""])
        #expect(run.finish == Self.stopped("STOP"))
        // Ignored overlapping matches go on being looked for.
        run = Self.run(["aa", "a"]) {
            $0.stop = ["aa"]
            $0.minTokens = 1
        }
        #expect(run.shown == ["a", ""])
        #expect(run.finish == Self.stopped("aa"))
    }

    @Test func heldTextIsShownAtTheEnd() {
        var params = SamplingParams(maxTokens: 2, stop: ["\n\nUser"])
        var checker = Self.checker(params)
        #expect(checker.append(token: 9, text: "a\n") == StopStep(text: "a"))
        #expect(checker.append(token: 9, text: "\nUs") == StopStep(text: "\n\nUs", finish: .init(.length)))
        checker = Self.checker(params)
        _ = checker.append(token: 9, text: "a\n")
        #expect(checker.append(token: Self.end, text: "x") == StopStep(text: "\n", finish: .init(.stop)))
        for reason in [FinishReason.abort, .error] {
            checker = Self.checker(params)
            _ = checker.append(token: 9, text: "a\n")
            #expect(checker.end(reason, rest: "?") == StopStep(text: "\n?", finish: .init(reason)))
        }
        // The stop string wins over the length.
        params.stop = ["b"]
        checker = Self.checker(params)
        _ = checker.append(token: 9, text: "a")
        #expect(checker.append(token: 9, text: "b") == StopStep(text: "", finish: Self.stopped("b")))
    }

    @Test func theDetokenizersRestIsAskedForAtTheEndOnly() {
        var asked = 0
        func rest() -> String {
            asked += 1
            return "\u{fffd}"
        }
        var checker = Self.checker(SamplingParams(maxTokens: 2))
        #expect(checker.append(token: 9, text: "a", rest: rest()).text == "a")
        #expect(asked == 0)
        #expect(checker.append(token: 9, text: "", rest: rest()).text == "\u{fffd}")
        #expect(asked == 1)
    }

    /// Whatever the cuts between tokens, text and end are those of a search in the whole text.
    @Test(arguments: [["ab"], ["aab", "ba"], ["abc", "b"], ["cc", "abab"], ["aé", "éb"]], [false, true])
    func cutsMakeNoDifference(stop: [String], isIncluded: Bool) {
        var generator = TestGenerator(2)
        for _ in 0..<60 {
            let characters = (0..<30).map { _ in ["a", "b", "c", "é", "x"].randomElement(using: &generator) ?? "x" }
            var pieces: [String] = []
            for character in characters {
                if pieces.isEmpty || Bool.random(using: &generator) { pieces.append("") }
                pieces[pieces.count - 1] += character
            }
            let run = Self.run(pieces) {
                $0.stop = stop
                $0.includeStopStringInOutput = isIncluded
            }
            let bytes = Array(characters.joined().utf8)
            let found = StopStringMatcherTests.oracle(bytes, stop).enumerated().first { $0.element.found != nil }
            #expect(run.finish == found?.element.found.map(Self.stopped))
            let shown = Array(run.shown.joined().utf8)
            if let found, let string = found.element.found {
                let length = found.offset + 1 - (isIncluded ? 0 : string.utf8.count)
                #expect(shown == Array(bytes.prefix(length)))
            } else {
                #expect(shown.count <= bytes.count && bytes.starts(with: shown))
            }
        }
    }

    /// A text that nearly is the stop string all the time: the matcher must not go back over it.
    @Test func costIsLinear() {
        var params = SamplingParams(maxTokens: nil)
        params.stop = [String(repeating: "a", count: 255) + "b"]
        var checker = Self.checker(params, context: 10_000_000)
        var shown = 0
        let piece = String(repeating: "a", count: 100)
        for _ in 0..<500 { shown += checker.append(token: 9, text: piece).text.utf8.count }
        #expect(shown == 50_000 - 255)
        #expect(checker.append(token: 9, text: "b").finish?.reason == .stop)
    }

    @Test func namesAreVLLMs() {
        #expect(FinishReason.allCases.map(\.rawValue) == ["stop", "length", "abort", "error"])
    }
}
