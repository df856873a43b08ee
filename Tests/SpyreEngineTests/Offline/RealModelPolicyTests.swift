import SpyreExecutor
import SpyreGraph
import SpyreScheduler
import Testing

@testable import SpyreEngine

/// The default model under every policy: the same tokens with log-probabilities of the same bits.
@Suite(
    .enabled(if: ModelStore().isCached(ModelStore.knownModels[0]), "the default model is not in the cache"),
    .serialized)
struct RealModelPolicyTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var policy = SchedulingConfiguration.Policy.continuous
        var caches = true
        var backend = Backend.inductor
        var rows = 128
        var sequences = 8
        /// Requests at a time; the others come in later calls.
        var batch = 32

        var testDescription: String {
            "\(policy) cache \(caches) \(backend) rows \(rows) sequences \(sequences) batch \(batch)"
        }
    }

    static let shapes = [
        WarmupShape(promptLength: 64, newTokens: 20, batchSize: 4),
        WarmupShape(promptLength: 192, newTokens: 40, batchSize: 2),
    ]

    static let cases = [
        Case(caches: false, rows: 48), Case(rows: 512, sequences: 32), Case(batch: 1),
        Case(policy: .spyre), Case(policy: .spyre, caches: false, rows: 64, sequences: 32),
        Case(policy: .staticBatches(shapes)),
        Case(policy: .staticBatches(shapes), backend: .sendnn, batch: 1),
        Case(backend: .sendnn), Case(policy: .spyre, backend: .sendnn, rows: 64),
    ]

    /// Thirty-two requests; most share a beginning of up to two blocks, and one in four everything.
    private static let requests: [(prompt: Prompt, params: SamplingParams)] = {
        var generator = TestGenerator(21)
        func tokens(_ count: Int) -> [Int] { (0..<count).map { _ in Int.random(in: 1000..<40_000, using: &generator) } }
        let common = tokens(150)
        return (0..<32).map { number in
            let prompt = number % 4 == 3 ? common : Array(common.prefix(50 * (number % 4))) + tokens(3 + number)
            var params = SamplingParams(temperature: 0, maxTokens: 6 + number % 9, ignoreEOS: true)
            if number % 8 == 0 { params.logprobs = 2 }
            return (.tokens(prompt), params)
        }
    }()

    private static func outputs(_ llm: LLM, batch: Int) throws -> [[CompletionOutput]] {
        try stride(from: 0, to: requests.count, by: batch).flatMap { first in
            let some = requests[first..<min(first + batch, requests.count)]
            return try llm.generate(some.map(\.prompt), some.map(\.params)).map(\.completions)
        }
    }

    private static func engine(_ runCase: Case) throws -> LLM {
        try LLM(
            options: ExecutorOptions(
                backend: runCase.backend, maximumModelLength: 256, maximumSequences: runCase.sequences,
                maximumStepRows: runCase.rows),
            scheduling: SchedulingConfiguration(policy: runCase.policy, cachesPrefixes: runCase.caches))
    }

    /// One request at a time, without the prefix cache.
    private static let expected = Result {
        try outputs(engine(Case(caches: false, sequences: 1)), batch: 1)
    }

    @Test(arguments: cases) func policiesChangeNoBit(runCase: Case) throws {
        let llm = try Self.engine(runCase)
        let expected = try Self.expected.get()
        #expect(try Self.outputs(llm, batch: runCase.batch) == expected)
        #expect(llm.compilationsAfterWarmUp == 0)
        if runCase.caches, runCase.policy == .continuous { #expect(llm.prefixHits.hitTokens > 0) }
    }

    /// Completions that share a prompt and copy its last block, on the device, against ones that run it each.
    @Test(arguments: [Backend.inductor, .sendnn]) func completionsThatPartKeepTheirBits(backend: Backend) throws {
        var generator = TestGenerator(4)
        let prompt = (0..<75).map { _ in Int.random(in: 1000..<40_000, using: &generator) }
        var params = SamplingParams(temperature: 1, topK: 50, seed: 3, maxTokens: 8, ignoreEOS: true, logprobs: 1)
        params.n = 4
        let outputs = try [SchedulingConfiguration.Policy.continuous, .spyre].map { policy in
            let llm = try Self.engine(Case(policy: policy, caches: false, backend: backend))
            return try llm.generate([.tokens(prompt)], params)[0].completions
        }
        #expect(outputs[0] == outputs[1])
        #expect(Set(outputs[0].map(\.tokenIDs)).count == 4)
    }

    /// Five blocks for eight sequences of up to three: some are sent back and computed again.
    @Test(arguments: [true, false]) func whatIsSentBackComesToTheSameBits(caches: Bool) throws {
        let whole = try Self.engine(Case())
        let executor = ShortOfBlocks(whole.executor, blockCount: 6)
        let llm = LLM(
            executor: executor, tokenizer: whole.tokenizer, configuration: whole.configuration,
            scheduling: SchedulingConfiguration(cachesPrefixes: caches))
        #expect(try Self.outputs(llm, batch: 32) == Self.expected.get())
        #expect(llm.statistics.preemptions > 0)
    }
}

/// An executor that offers fewer KV blocks than it has.
private final class ShortOfBlocks: Executor {
    private let executor: any Executor
    let limits: ExecutorLimits

    init(_ executor: any Executor, blockCount: Int) {
        self.executor = executor
        var limits = executor.limits
        limits.blockCount = blockCount
        self.limits = limits
    }

    var compilationsAfterWarmUp: Int { executor.compilationsAfterWarmUp }

    func execute(_ batch: ForwardBatch, logits: UnsafeMutableBufferPointer<Float>) throws(ExecutorError) {
        try executor.execute(batch, logits: logits)
    }
}
