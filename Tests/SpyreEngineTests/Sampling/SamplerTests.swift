import Testing

@testable import SpyreEngine

@Suite struct SamplerTests {
    @Test func greedyTakesTheGreatestAndIgnoresTheFilters() throws {
        var driver = SamplerDriver()
        var params = SamplingParams(temperature: 0, topP: 0.01, topK: 3, minP: 1)
        params.logprobs = 0
        var sequence = SequenceSampling.test(params, vocabularySize: 40)
        var row = TestGenerator(1).withRow(40)
        row[17] = 50
        row[30] = 50
        let token = try driver.sample(row, &sequence)
        #expect(token.tokenID == 17)
        #expect(token.logprobs?.token.rank == 1)
        #expect(sequence.output == [17])
    }

    @Test func greedyFollowsTheRules() throws {
        var driver = SamplerDriver()
        var params = SamplingParams(temperature: 0)
        params.presencePenalty = 2
        var sequence = SequenceSampling.test(params, vocabularySize: 3)
        let tokens = try (0..<4).map { _ in try driver.sample([3, 2.5, -1], &sequence).tokenID }
        // 3 beats 2.5; then 1 (used) loses against 2.5; then both are used and 1.0 beats 0.5 for good.
        #expect(tokens == [0, 1, 0, 0])
    }

    static let chiSquareCases: [SamplingParams] = {
        var penalized = SamplingParams(temperature: 0.9, seed: 6)
        penalized.logitBias = [3: 2, 7: -100]
        penalized.repetitionPenalty = 1.5
        return [
            SamplingParams(seed: 1), SamplingParams(temperature: 0.6, seed: 2),
            SamplingParams(temperature: 1.5, topK: 6, seed: 3), SamplingParams(topP: 0.8, seed: 4),
            SamplingParams(minP: 0.1, seed: 5), penalized,
            SamplingParams(temperature: 1.2, topP: 0.9, topK: 12, minP: 0.02, seed: 7),
        ]
    }()

    /// Draws follow the oracle's distribution: each position of the output is an independent draw from the same row.
    @Test(arguments: chiSquareCases)
    func drawsFollowTheDistribution(params: SamplingParams) throws {
        let size = 24
        let draws = 3_000
        let row = TestGenerator(77).withRow(size, deviation: 1.5)
        let prompt = [1, 2, 3, 4]
        let wanted = SamplingOracle(params: params, prompt: prompt).distribution(row)
        var driver = SamplerDriver()
        var counts = [Int](repeating: 0, count: size)
        // The repetition penalty must not see the draws themselves.
        let start = SequenceSampling.test(params, vocabularySize: size, prompt: prompt)
        for index in 0..<draws {
            var sequence = SequenceSampling(
                params, prompt: prompt, seed: start.seed, index: index, vocabularySize: size)
            counts[try driver.sample(row, &sequence).tokenID] += 1
        }
        expectChiSquare(counts, wanted, draws: draws)
    }

    @Test func drawsAtSuccessivePositionsFollowTheDistribution() throws {
        let row = TestGenerator(78).withRow(16, deviation: 1)
        let params = SamplingParams(temperature: 0.8, seed: 99)
        let wanted = SamplingOracle(params: params).distribution(row)
        var driver = SamplerDriver()
        var sequence = SequenceSampling.test(params, vocabularySize: 16)
        var counts = [Int](repeating: 0, count: 16)
        for _ in 0..<6_000 { counts[try driver.sample(row, &sequence).tokenID] += 1 }
        expectChiSquare(counts, wanted, draws: 6_000)
    }

    /// Tokens with less than 5 expected draws share a bin. The bound is the normal approximation of Wilson and Hilferty
    /// at 3.5 standard deviations; the seeds are fixed, so a pass stays a pass.
    private func expectChiSquare(_ counts: [Int], _ probabilities: [Double], draws: Int) {
        var bins: [(got: Double, wanted: Double)] = []
        var rest = (got: 0.0, wanted: 0.0)
        for (count, p) in zip(counts, probabilities) {
            if p == 0 { #expect(count == 0) }
            let wanted = p * Double(draws)
            if wanted < 5 {
                rest = (rest.got + Double(count), rest.wanted + wanted)
            } else {
                bins.append((Double(count), wanted))
            }
        }
        if rest.wanted > 1 { bins.append(rest) }
        let statistic = bins.reduce(0) { $0 + ($1.got - $1.wanted) * ($1.got - $1.wanted) / $1.wanted }
        let freedom = Double(bins.count - 1)
        let root = 1 - 2 / (9 * freedom) + 3.5 * (2 / (9 * freedom)).squareRoot()
        #expect(bins.count > 2)
        #expect(statistic < freedom * root * root * root)
    }

    @Test func tokensDoNotDependOnNeighboursOrCallOrder() throws {
        let params = (0..<6).map {
            SamplingParams(temperature: 0.5 + 0.2 * Double($0), topP: 0.9, topK: $0 * 10, seed: Int64($0 / 2))
        }
        var generator = TestGenerator(4)
        let rows = (0..<6).map { _ in (0..<12).map { _ in generator.row(100) } }

        var alone: [[Int]] = []
        for index in params.indices {
            var driver = SamplerDriver()
            var sequence = SequenceSampling.test(params[index], vocabularySize: 100)
            alone.append(try rows[index].map { try driver.sample($0, &sequence).tokenID })
        }

        // One sampler for all, sequences joining late and in changing order.
        var driver = SamplerDriver()
        var batch = params.map { SequenceSampling.test($0, vocabularySize: 100) }
        while batch.contains(where: { $0.output.count < 12 }) {
            for index in batch.indices.shuffled(using: &generator).prefix(4) where batch[index].output.count < 12 {
                _ = try driver.sample(rows[index][batch[index].output.count], &batch[index])
            }
        }
        #expect(batch.map(\.output) == alone)
    }

    @Test func aRestoredSequenceGoesOnAlike() throws {
        var generator = TestGenerator(8)
        let rows = (0..<10).map { _ in generator.row(60) }
        var params = SamplingParams(seed: 5)
        params.frequencyPenalty = 0.5
        var driver = SamplerDriver()
        var whole = SequenceSampling.test(params, vocabularySize: 60)
        for row in rows { _ = try driver.sample(row, &whole) }
        var restored = SequenceSampling.test(params, vocabularySize: 60)
        for token in whole.output.prefix(4) { restored.append(token) }
        for row in rows.dropFirst(4) { _ = try driver.sample(row, &restored) }
        #expect(restored.output == whole.output)
    }

    @Test func sequencesOfARequestDiffer() throws {
        var generator = TestGenerator(9)
        let rows = (0..<8).map { _ in generator.row(200, deviation: 0.5) }
        var driver = SamplerDriver()
        let outputs = try (0..<4).map { index in
            var sequence = SequenceSampling.test(SamplingParams(seed: 3, n: 4), vocabularySize: 200, index: index)
            return try rows.map { try driver.sample($0, &sequence).tokenID }
        }
        #expect(Set(outputs).count == 4)
    }

    @Test(arguments: [0.0, 0.8])
    func badRowsFailAloneAndLeaveTheSequence(temperature: Double) throws {
        var driver = SamplerDriver()
        var sequence = SequenceSampling.test(SamplingParams(temperature: temperature, topK: 2), vocabularySize: 9)
        func failure(_ row: [Float]) -> SamplingError? {
            #expect(throws: SamplingError.self) { try driver.sample(row, &sequence) }
        }
        #expect(failure([0, 1, 2, .nan, 4, 5, 6, 7, 8]) == .notANumber(tokenID: 3))
        #expect(failure([0, 1, 2, 3, 4, 5, 6, 7, .infinity]) == .infiniteLogit(tokenID: 8))
        #expect(failure([Float](repeating: -.infinity, count: 9)) == .noTokenLeft(vocabularySize: 9, ruled: false))
        #expect(failure([0, 1, 2]) == .wrongRowLength(expected: 9, got: 3))
        #expect(failure([]) == .wrongRowLength(expected: 9, got: 0))
        #expect(sequence.output.isEmpty)
        _ = try driver.sample([0, 1, 2, 3, 4, 5, 6, 7, 8], &sequence)
        #expect(sequence.output.count == 1)
    }

    @Test func rulesThatLeaveNothingAreAnError() throws {
        var params = SamplingParams(temperature: 0.5)
        params.allowedTokenIDs = [1, 2]
        params.minTokens = 1
        params.stopTokenIDs = [2]
        var sequence = SequenceSampling.test(params, vocabularySize: 4, badWords: [[1]])
        var driver = SamplerDriver()
        #expect(throws: SamplingError.noTokenLeft(vocabularySize: 4, ruled: true)) {
            try driver.sample([1, 2, 3, 4], &sequence)
        }
        // A NaN is seen even where a rule hides it.
        #expect(throws: SamplingError.notANumber(tokenID: 3)) { try driver.sample([1, 2, 3, .nan], &sequence) }
    }

    @Test func onlyAllowedTokensAreDrawn() throws {
        var params = SamplingParams(temperature: 2, seed: 12)
        params.allowedTokenIDs = [3, 5, 8]
        var sequence = SequenceSampling.test(params, vocabularySize: 10)
        var driver = SamplerDriver()
        for _ in 0..<100 { _ = try driver.sample([9, 9, 9, 0, 9, 0, 9, 9, 0, 9], &sequence) }
        #expect(Set(sequence.output) == [3, 5, 8])
    }

    @Test func extremeLogitsAreSampled() throws {
        var driver = SamplerDriver()
        let greatest = Float.greatestFiniteMagnitude
        let rows: [[Float]] = [
            [greatest, -greatest, 0], [-greatest, -.infinity, -.infinity], [0, -.infinity, -.infinity],
        ]
        for row in rows {
            var sequence = SequenceSampling.test(SamplingParams(temperature: 0.01, topP: 0.5), vocabularySize: 3)
            #expect(try driver.sample(row, &sequence).tokenID == 0)
        }
    }

    /// A large vocabulary, so that every vector path and its tail is taken; against the oracle's kept set.
    @Test func largeVocabulary() throws {
        let row = TestGenerator(21).withRow(10_007)
        let params = SamplingParams(temperature: 0.7, topP: 0.9, topK: 40, seed: 1)
        var driver = SamplerDriver()
        let got = try driver.distribution(row, .test(params, vocabularySize: row.count))
        let wanted = SamplingOracle(params: params).distribution(row)
        #expect(Set(got.keys) == Set(wanted.indices.filter { wanted[$0] > 0 }))
    }
}

extension TestGenerator {
    /// A row from a fresh copy of this generator.
    func withRow(_ count: Int, deviation: Double = 3) -> [Float] {
        var copy = self
        return copy.row(count, deviation: deviation)
    }
}
