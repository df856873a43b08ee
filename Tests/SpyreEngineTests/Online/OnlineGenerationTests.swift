import SpyreEngine
import SpyreEngineTestSupport
import SpyreExecutor
import Testing

/// Online and offline give the same.
@Suite struct OnlineGenerationTests {
    @Test func streamedTokensAreThoseOfTheOfflineEngine() async throws {
        let engine = try OnlineEngine.make()
        let requests = OnlineEngine.requests(12, seed: 1)
        for (request, expected) in zip(requests, try OnlineEngine.expected(requests)) {
            let result = try await engine.generate(.tokens(request.prompt), request.params).read()
            #expect(result.tokenIDs == expected.tokenIDs)
            #expect(result.text == expected.text)
            #expect(result.finishReason == expected.finishReason)
        }
    }

    @Test func outputsAreThoseOfTheOfflineEngine() async throws {
        let engine = try OnlineEngine.make()
        let requests = OnlineEngine.requests(6, seed: 2)
        for (request, expected) in zip(requests, try OnlineEngine.expected(requests)) {
            let output = try await engine.generate(.tokens(request.prompt), request.params).output()
            #expect(output.completions == [expected])
            #expect(output.promptTokenIDs == request.prompt)
            #expect(output.metrics.promptTokens == request.prompt.count)
            #expect(output.metrics.outputTokens == expected.tokenIDs.count)
            #expect((output.metrics.firstTokenSeconds ?? -1) >= 0)
        }
    }

    /// Under load, streamed and not: 32 at once, in a cache that is too small for all of them.
    @Test(arguments: 0..<3 as Range<UInt64>)
    func thirtyTwoAtOnceGiveTheSame(seed: UInt64) async throws {
        let engine = try OnlineEngine.make(limits: TestEngine.limits(blocks: 8))
        let requests = OnlineEngine.requests(32, seed: 10 + seed)
        let expected = try OnlineEngine.expected(requests)
        let results = try await withThrowingTaskGroup(of: (Int, [Int], String).self) { group in
            for (index, request) in requests.enumerated() {
                let stream = try engine.generate(.tokens(request.prompt), request.params)
                group.addTask {
                    if index.isMultiple(of: 2) {
                        let result = try await stream.read()
                        return (index, result.tokenIDs, result.text)
                    }
                    let completion = try await stream.output().completions[0]
                    return (index, completion.tokenIDs, completion.text)
                }
            }
            return try await group.reduce(into: [Int: ([Int], String)]()) { $0[$1.0] = ($1.1, $1.2) }
        }
        for index in requests.indices {
            #expect(results[index]?.0 == expected[index].tokenIDs)
            #expect(results[index]?.1 == expected[index].text)
        }
        #expect(try await OnlineEngine.wait(engine) { $0.usedBlocks == 0 && $0.runningRequests == 0 })
        let load = engine.load
        #expect(load.generationTokens == expected.reduce(0) { $0 + $1.tokenIDs.count })
        #expect(load.promptTokens == requests.reduce(0) { $0 + $1.prompt.count })
        #expect(load.endedRequests.values.reduce(0, +) == 32)
        #expect(load.steps.preemptions > 0)
    }

    @Test func severalCompletionsOfOnePrompt() async throws {
        let params = SamplingParams(seed: 5, maxTokens: 20, ignoreEOS: true, logprobs: 2, n: 3)
        let expected = try TestEngine.llm().generate(["Three of them"], params)[0]
        let engine = try OnlineEngine.make()
        let stream = try engine.generate("Three of them", params)
        var tokens = [[Int]](repeating: [], count: 3), ends = [Int](repeating: 0, count: 3)
        var logprobs = [[TokenLogprobs]](repeating: [], count: 3)
        for try await piece in stream {
            tokens[piece.index] += piece.tokenIDs
            logprobs[piece.index] += piece.logprobs ?? []
            if piece.finishReason != nil { ends[piece.index] += 1 }
        }
        #expect(tokens == expected.completions.map(\.tokenIDs))
        #expect(logprobs == expected.completions.map { $0.logprobs ?? [] })
        #expect(ends == [1, 1, 1])
        #expect(stream.finishedOutput?.completions == expected.completions)
    }

    @Test func logprobsOfThePromptAreThereWithTheFirstPiece() async throws {
        var params = SamplingParams(temperature: 0, maxTokens: 3)
        params.promptLogprobs = 2
        let expected = try TestEngine.llm().generate(["The prompt"], params)[0]
        let stream = try OnlineEngine.make().generate("The prompt", params)
        var iterator = stream.makeAsyncIterator()
        _ = try await iterator.next()
        #expect(stream.promptLogprobs == expected.promptLogprobs)
        #expect(expected.promptLogprobs?.count == 10)
    }

    /// A reader that comes late gets fewer pieces, and the same text.
    @Test func unreadPiecesAreMerged() async throws {
        let gate = StepGate()
        let engine = try OnlineEngine.make(gate: gate)
        let params = SamplingParams(temperature: 0, maxTokens: 40, ignoreEOS: true, logprobs: 1)
        let stream = try engine.generate("Slowly", params)
        gate.open()
        #expect(try await OnlineEngine.wait(engine) { $0.endedRequests[.length] == 1 })
        var pieces: [GenerationDelta] = []
        for try await piece in stream { pieces.append(piece) }
        let expected = try TestEngine.llm().generate(["Slowly"], params)[0].completions[0]
        #expect(pieces.count == 1)
        #expect(pieces.first?.tokenIDs == expected.tokenIDs)
        #expect(pieces.first?.text == expected.text)
        #expect(pieces.first?.logprobs == expected.logprobs)
        #expect(pieces.first?.finishReason == .length)
    }

    @Test func stopStringsEndTheRequest() async throws {
        let engine = try OnlineEngine.make(.saying("one END two", promptLength: 3))
        let result = try await engine.generate("abc", SamplingParams(temperature: 0, maxTokens: 50, stop: ["END"]))
            .read()
        #expect(result.text == "one ")
        #expect(result.finishReason == .stop)
    }

    /// Two letters in turns, then the end; each sequence has its own state.
    private struct Turns: TokenConstraint {
        var count = 0

        func restrict(_ row: UnsafeMutableBufferPointer<Float>) {
            let only = count == 6 ? ByteTokenizer.eos : count.isMultiple(of: 2) ? 97 : 98
            for token in row.indices where token != only { row[token] = -.infinity }
        }

        mutating func advance(_ token: Int) { count += 1 }
    }

    @Test func constraintsHoldInEverySequence() async throws {
        let engine = try OnlineEngine.make()
        let params = SamplingParams(temperature: 1, maxTokens: 20, n: 3)
        let stream = try engine.generate("x", params, options: RequestOptions(constraint: Turns()))
        let free = try engine.generate("x", SamplingParams(temperature: 0, maxTokens: 8, ignoreEOS: true))
        let output = try await stream.output()
        #expect(output.completions.map(\.text) == ["ababab", "ababab", "ababab"])
        #expect(output.completions.allSatisfy { $0.finishReason == .stop })
        let alone = try TestEngine.llm().generate(["x"], SamplingParams(temperature: 0, maxTokens: 8, ignoreEOS: true))
        #expect(try await free.output().completions == alone[0].completions)
    }

    /// The second of two equal prompts finds the first one's blocks; one with another salt does not.
    @Test func onlyEqualSaltsShareBlocks() async throws {
        let engine = try OnlineEngine.make()
        var generator = TestGenerator(3)
        let prompt = Prompt.tokens(generator.tokens(200))
        let params = SamplingParams(temperature: 0, maxTokens: 2)
        var cached: [Int] = []
        for salt in ["a", "a", "b"] {
            let stream = try engine.generate(prompt, params, options: RequestOptions(cacheSalt: salt))
            cached.append(try await stream.output().metrics.cachedPromptTokens)
        }
        #expect(cached == [0, 192, 0])
        #expect(engine.load.prefixHitTokens == 192)
        #expect(engine.load.prefixQueriedTokens == 600)
    }
}
