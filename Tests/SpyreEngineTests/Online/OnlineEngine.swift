import SpyreEngine
import SpyreEngineTestSupport
import SpyreExecutor

/// Puts online engines together for the tests.
enum OnlineEngine {
    static func make(
        _ model: ToyModel = .hashed, limits: ExecutorLimits = TestEngine.limits(),
        queueLimits: QueueLimits = QueueLimits(), observer: (any EngineObserver)? = nil, failingStep: Int? = nil,
        gate: StepGate? = nil, onFailure: @escaping @Sendable (EngineError) -> Void = { _ in }
    ) throws -> AsyncEngine {
        let executor = FakeExecutor(limits, model: model)
        executor.failingStep = failingStep
        executor.gate = gate
        let llm = LLM(executor: executor, tokenizer: ByteTokenizer(), configuration: TestEngine.configuration)
        return try AsyncEngine(llm, queueLimits: queueLimits, observer: observer, onFailure: onFailure)
    }

    /// A mixture of greedy and seeded requests.
    static func requests(_ count: Int, seed: UInt64, length: Int = 60) -> [(prompt: [Int], params: SamplingParams)] {
        var generator = TestGenerator(seed)
        return (0..<count).map { index in
            let params = SamplingParams(
                temperature: index.isMultiple(of: 2) ? 0 : 1, topP: 0.9, seed: Int64(index),
                maxTokens: Int.random(in: 1...length, using: &generator), ignoreEOS: index.isMultiple(of: 3))
            return (generator.tokens(Int.random(in: 1...90, using: &generator)), params)
        }
    }

    static func expected(_ requests: [(prompt: [Int], params: SamplingParams)]) throws -> [CompletionOutput] {
        try TestEngine.llm().generate(requests.map { .tokens($0.prompt) }, requests.map(\.params)).map {
            $0.completions[0]
        }
    }

    /// Looks at the load until it is as it should be; false when that takes too long.
    static func wait(
        _ engine: AsyncEngine, seconds: Double = 120, until isRight: (EngineLoad) -> Bool
    ) async throws -> Bool {
        let end = ContinuousClock.now + .seconds(seconds)
        while !isRight(engine.load) {
            guard ContinuousClock.now < end else { return false }
            try await Task.sleep(for: .milliseconds(1))
        }
        return true
    }
}

extension RequestStream {
    /// Reads to the end: the tokens and the text of completion 0.
    func read() async throws -> (tokenIDs: [Int], text: String, finishReason: FinishReason?) {
        var tokens: [Int] = [], text = "", reason: FinishReason?
        for try await piece in self {
            tokens += piece.tokenIDs
            text += piece.text
            reason = piece.finishReason ?? reason
        }
        return (tokens, text, reason)
    }
}
