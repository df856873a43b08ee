import Foundation
import Testing

@testable import SpyreEngine

@Suite struct LogprobReaderTests {
    static func read(_ row: [Float], token: Int, top: Int) throws -> TokenLogprobs {
        var reader = LogprobReader()
        return try row.withUnsafeBufferPointer { try reader.logprobs(of: token, top: top, in: $0) }
    }

    static func oracle(_ row: [Float]) -> [Double] {
        let greatest = Double(row.max() ?? 0)
        let normalizer = greatest + log(row.reduce(0) { $0 + exp(Double($1) - greatest) })
        return row.map { Double($0) - normalizer }
    }

    @Test(arguments: [1, 2, 7, 50, 1_003], [0, 1, 5, 20, -1])
    func valuesAndRanks(size: Int, top: Int) throws {
        let row = TestGenerator(UInt64(size)).withRow(size)
        let wanted = Self.oracle(row)
        let order = row.indices.sorted { row[$0] > row[$1] || (row[$0] == row[$1] && $0 < $1) }
        for token in Set([0, size / 2, size - 1]) {
            let got = try Self.read(row, token: token, top: top)
            #expect(got.token.tokenID == token)
            #expect(abs(got.token.logprob - wanted[token]) < 3e-7)
            #expect(got.token.rank == (order.firstIndex(of: token) ?? -1) + 1)
            #expect(got.top.map(\.tokenID) == Array(order.prefix(top < 0 ? size : top)))
            #expect(got.top.map(\.rank) == Array(1..<(got.top.count + 1)))
            for entry in got.top { #expect(abs(entry.logprob - wanted[entry.tokenID]) < 3e-7) }
            let single = try row.withUnsafeBufferPointer { try LogprobReader().logprob(of: token, in: $0) }
            #expect(single == got.token.logprob)
        }
    }

    @Test func tiesAreOrderedByID() throws {
        let got = try Self.read([1, 2, 2, 1, 2, 0], token: 4, top: 4)
        #expect(got.top.map(\.tokenID) == [1, 2, 4, 0])
        #expect(got.token.rank == 3)
    }

    @Test func probabilitiesSumToOne() throws {
        let row = TestGenerator(6).withRow(500, deviation: 20)
        let sum = try Self.read(row, token: 0, top: -1).top.reduce(0) { $0 + exp($1.logprob) }
        #expect(abs(sum - 1) < 1e-6)
    }

    @Test func shiftsAndExtremes() throws {
        // A common shift changes nothing but rounding of the input, even where e^x overflows.
        let got = try Self.read([1_000, 1_001, 1_002], token: 0, top: 0)
        #expect(abs(got.token.logprob - Self.oracle([0, 1, 2])[0]) < 3e-7)
        #expect(got.top.isEmpty)
        let alone = try Self.read([-.infinity, 3, -.infinity], token: 1, top: 3)
        #expect(alone.token == TokenLogprob(tokenID: 1, logprob: 0, rank: 1))
        #expect(alone.top.map(\.logprob) == [0, -.infinity, -.infinity])
        let uniform = try Self.read([Float](repeating: 7, count: 64), token: 63, top: 0)
        #expect(abs(uniform.token.logprob + log(64)) < 1e-12)
        #expect(uniform.token.rank == 64)
    }

    @Test func faults() {
        #expect(throws: SamplingError.tokenOutOfRange(tokenID: 3, vocabularySize: 3)) {
            try Self.read([1, 2, 3], token: 3, top: 1)
        }
        #expect(throws: SamplingError.tokenOutOfRange(tokenID: -1, vocabularySize: 3)) {
            try Self.read([1, 2, 3], token: -1, top: 1)
        }
        #expect(throws: SamplingError.notANumber(tokenID: 1)) { try Self.read([1, .nan, 3], token: 0, top: 1) }
    }

    @Test func samplingReportsTheModelsOwnLogits() throws {
        var params = SamplingParams(temperature: 0.5, topK: 1, logprobs: 2)
        params.logitBias = [2: 100]
        params.presencePenalty = 1
        var driver = SamplerDriver()
        var sequence = SequenceSampling.test(params, vocabularySize: 4)
        let row: [Float] = [1, 3, 0, 2]
        let wanted = Self.oracle(row)
        let got = try driver.sample(row, &sequence)
        #expect(got.tokenID == 2)
        #expect(got.logprobs?.token.rank == 4)
        #expect(abs((got.logprobs?.token.logprob ?? 0) - wanted[2]) < 3e-7)
        #expect(got.logprobs?.top.map(\.tokenID) == [1, 3])
        sequence = .test(SamplingParams(), vocabularySize: 4)
        #expect(try driver.sample(row, &sequence).logprobs == nil)
    }

    @Test func jsonHasNoInfinities() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let text = try encoder.encode(TokenLogprob(tokenID: 7, logprob: -.infinity, rank: 3))
        #expect(String(decoding: text, as: UTF8.self) == "{\"logprob\":-9999,\"rank\":3,\"token_id\":7}")
    }
}
