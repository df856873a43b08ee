import Testing

@testable import SpyreCommands

@Suite struct ThroughputWorkTests {
    @Test func requestsAreDrawn() {
        let work = ThroughputWork(requests: 40, prompt: 3...9, output: 2...4, seed: 5, vocabularySize: 50)
        #expect(work == ThroughputWork(requests: 40, prompt: 3...9, output: 2...4, seed: 5, vocabularySize: 50))
        #expect(work != ThroughputWork(requests: 40, prompt: 3...9, output: 2...4, seed: 6, vocabularySize: 50))
        #expect(Set(work.requests.map(\.prompt.count)) == Set(3...9))
        #expect(Set(work.requests.map(\.outputTokens)) == Set(2...4))
        #expect(work.requests.allSatisfy { $0.prompt.allSatisfy { (0..<50).contains($0) } })
    }

    /// The first token of a request comes with its prompt.
    @Test func leastSteps() {
        let work = ThroughputWork(requests: 5, prompt: 8...8, output: 4...4, seed: 0, vocabularySize: 50)
        #expect(work.leastSteps(sequences: 2) == 8)
        #expect(work.leastSteps(sequences: 100) == 3)
    }

    @Test func lengthRanges() {
        #expect(LengthRange(argument: "7")?.range == 7...7)
        #expect(LengthRange(argument: "7-9")?.range == 7...9)
        for bad in ["", "-", "0", "9-7", "1-2-3", "a", "-5", "5-", "1-99999999"] {
            #expect(LengthRange(argument: bad) == nil, "\(bad)")
        }
        #expect(LengthRange(7...9).description == "7-9")
    }
}
