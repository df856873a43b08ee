import Foundation
import SpyreEngine
import SpyreEngineTestSupport
import Testing

@Suite struct ScoreTests {
    /// Log-softmax in double precision, written out.
    static func logprob(of token: Int, in row: [Float]) -> Double {
        let sum = row.reduce(0) { $0 + exp(Double($1)) }
        return Double(row[token]) - log(sum)
    }

    @Test(arguments: [(1, 1), (7, 64), (64, 7), (512, 512)])
    func scoresAreThoseOfTheModel(rows: Int, logitRows: Int) throws {
        var generator = TestGenerator(4)
        let tokens = generator.tokens(150)
        let (llm, executor) = TestEngine.make(limits: TestEngine.limits(rows: rows, logitRows: logitRows))
        let scores = try llm.score(tokenIDs: tokens)
        #expect(scores.count == 149)
        for place in 1..<150 {
            let row = ToyModel.hashed.logits(tokens.prefix(place).map { Int32($0) }[...])
            #expect(abs(Double(scores[place - 1]) + Self.logprob(of: tokens[place], in: row)) < 1e-5)
        }
        let chunk = min(rows, logitRows)
        #expect(executor.batches.map(\.rowCount).dropLast().allSatisfy { $0 == chunk })
        #expect(executor.batches.map(\.rowCount).reduce(0, +) == 149)
    }

    @Test func theContextCanBeFull() throws {
        let llm = TestEngine.llm(limits: TestEngine.limits(modelLength: 64, blocks: 2))
        #expect(try llm.score(tokenIDs: [Int](repeating: 3, count: 64)).count == 63)
        #expect(throws: EngineError.textTooLong(tokens: 65, contextLength: 64, modelLength: 1024)) {
            try llm.score(tokenIDs: [Int](repeating: 3, count: 65))
        }
    }

    @Test func oneTokenHasNoScore() throws {
        let (llm, executor) = TestEngine.make()
        #expect(try llm.score(tokenIDs: [5]) == [])
        #expect(executor.batches.isEmpty)
    }

    @Test func faults() throws {
        let llm = TestEngine.llm(.poisoned(by: 9))
        #expect(throws: EngineError.emptyPrompt(prompt: nil)) { try llm.score(tokenIDs: []) }
        #expect(throws: EngineError.tokenOutOfVocabulary(prompt: nil, tokenID: 272, vocabularySize: 272)) {
            try llm.score(tokenIDs: [1, 272])
        }
        let error = #expect(throws: EngineError.self) { try llm.score(tokenIDs: [1, 2, 9, 3, 4]) }
        #expect(
            error?.description
                == "token 3 cannot be scored: the model's logit for token id 0 is not a number; check the model's files, "
                + "or try --dtype float32")
        #expect(try llm.score(tokenIDs: [1, 2, 9]).count == 2)
    }
}
