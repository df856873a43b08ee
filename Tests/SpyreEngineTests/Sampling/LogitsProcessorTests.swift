import Testing

@testable import SpyreEngine

@Suite struct LogitsProcessorTests {
    static func history(prompt: [Int] = [], output: [Int] = []) -> TokenHistory {
        var history = TokenHistory(prompt: prompt, isCounting: true)
        for token in output { history.append(token) }
        return history
    }

    static func apply(
        _ processor: some LogitsProcessor, to row: [Float], history: TokenHistory = history()
    ) -> [Float] {
        var row = row
        row.withUnsafeMutableBufferPointer { processor.process($0, history: history) }
        return row
    }

    static let row: [Float] = [0.5, -1, 2, 0, -3, 4]
    static let out = -Float.infinity

    @Test func allowedTokens() {
        let some = Self.apply(AllowedTokensProcessor([4, 1, 4]), to: Self.row)
        #expect(some == [Self.out, -1, Self.out, Self.out, -3, Self.out])
        #expect(Self.apply(AllowedTokensProcessor(Array(0..<6)), to: Self.row) == Self.row)
        // Ids that the row does not have are no reason to fail.
        #expect(Self.apply(AllowedTokensProcessor([-1, 6, 0]), to: Self.row)[0] == 0.5)
    }

    @Test(
        arguments: [
            ([[3]], [], [3]),
            ([[3]], [1, 2], [3]),
            ([[1, 2]], [], []),
            ([[1, 2]], [1], [2]),
            ([[1, 2]], [1, 5], []),
            ([[1, 2]], [5, 1], [2]),
            ([[1, 2, 3]], [2], []),
            ([[1, 2, 3]], [1, 2], [3]),
            ([[1, 2, 3]], [0, 1, 2], [3]),
            ([[1, 1, 1]], [1, 1], [1]),
            ([[1, 2], [2, 2], [4]], [1], [2, 4]),
            ([[1, 2, 3], [2, 5]], [1, 2], [3, 5]),
            ([[]], [1], []),
            ([[1, 77]], [1], []),
        ] as [([[Int]], [Int], [Int])])
    func badWords(words: [[Int]], output: [Int], masked: [Int]) {
        let history = Self.history(prompt: [1, 2, 1, 2], output: output)
        let got = Self.apply(BadWordsProcessor(words), to: Self.row, history: history)
        for token in got.indices {
            #expect(got[token] == (masked.contains(token) ? Self.out : Self.row[token]))
        }
    }

    @Test func minTokens() {
        let processor = MinTokensProcessor(minimum: 2, stopTokens: [1, 5, 99])
        let masked: [Float] = [0.5, Self.out, 2, 0, -3, Self.out]
        #expect(Self.apply(processor, to: Self.row) == masked)
        #expect(Self.apply(processor, to: Self.row, history: Self.history(output: [0])) == masked)
        #expect(Self.apply(processor, to: Self.row, history: Self.history(output: [0, 0])) == Self.row)
        #expect(Self.apply(processor, to: Self.row, history: Self.history(prompt: [0, 0, 0])) == masked)
    }

    @Test func logitBias() {
        let got = Self.apply(LogitBiasProcessor([0: 1.5, 1: -200, 2: 1e30, 77: 1, -1: 1]), to: Self.row)
        #expect(got == [2, -101, 102, 0, -3, 4])
        let greatest = Float.greatestFiniteMagnitude
        #expect(Self.apply(LogitBiasProcessor([0: 100, 1: 100]), to: [greatest, Self.out]) == [greatest, Self.out])
    }

    @Test func repetitionLooksAtPromptAndOutput() {
        let processor = PenaltiesProcessor(repetition: 2, presence: 0, frequency: 0)
        let got = Self.apply(processor, to: Self.row, history: Self.history(prompt: [0, 1, 1], output: [2, 3, 2]))
        #expect(got == [0.25, -2, 1, 0, -3, 4])
    }

    @Test func presenceAndFrequencyLookAtTheOutput() {
        let processor = PenaltiesProcessor(repetition: 1, presence: 0.5, frequency: 0.25)
        let got = Self.apply(processor, to: Self.row, history: Self.history(prompt: [0, 0, 2], output: [1, 2, 2, 2]))
        #expect(got == [0.5, -1.75, 0.75, 0, -3, 4])
    }

    @Test func extremePenaltiesStayFinite() {
        let history = Self.history(prompt: [0, 1, 2])
        for repetition in [Double.leastNonzeroMagnitude, 1e308] {
            let processor = PenaltiesProcessor(repetition: repetition, presence: 0, frequency: 0)
            let got = Self.apply(processor, to: [5, -5, Self.out, 1], history: history)
            #expect(got[0].isFinite && got[1].isFinite && got[2] == Self.out && got[3] == 1)
        }
    }

    /// The whole chain on random rows and histories against the double-precision oracle.
    @Test(arguments: 0..<40)
    func chainEqualsTheOracle(seed: Int) {
        var generator = TestGenerator(UInt64(seed))
        let size = Int.random(in: 5...80, using: &generator)
        func token() -> Int { Int.random(in: 0..<size, using: &generator) }
        var params = SamplingParams()
        if Bool.random(using: &generator) { params.allowedTokenIDs = (0..<(size / 2 + 1)).map { _ in token() } }
        if Bool.random(using: &generator) { params.logitBias = [token(): 3, token(): -150] }
        params.repetitionPenalty = Double.random(in: 0.5...2, using: &generator)
        params.presencePenalty = Double.random(in: -2...2, using: &generator)
        params.frequencyPenalty = Double.random(in: -2...2, using: &generator)
        params.minTokens = Int.random(in: 0...10, using: &generator)
        params.stopTokenIDs = [token()]
        var oracle = SamplingOracle(params: params)
        oracle.prompt = (0..<20).map { _ in token() }
        oracle.output = (0..<Int.random(in: 0...12, using: &generator)).map { _ in token() }
        oracle.endTokens = [token()]
        oracle.badWords = [[token()], [oracle.output.last ?? 0, token()], [token(), token(), token()]]
        let row = generator.row(size)

        let chain = LogitsProcessorChain(
            params, stopTokens: oracle.endTokens + params.stopTokenIDs, badWords: oracle.badWords)
        var got = row
        got.withUnsafeMutableBufferPointer {
            chain.process($0, history: Self.history(prompt: oracle.prompt, output: oracle.output))
        }
        for (value, wanted) in zip(got, oracle.processed(row)) {
            #expect(Double(value) == wanted || abs(Double(value) - wanted) < 1e-5)
        }
    }

    @Test func defaultsHaveNoRules() {
        #expect(LogitsProcessorChain(SamplingParams(), stopTokens: [2], badWords: []).isEmpty)
    }
}
