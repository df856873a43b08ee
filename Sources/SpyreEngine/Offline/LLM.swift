import SpyreCheckpoint
import SpyreExecutor
import SpyreScheduler
import SpyreTokenizer

/// A model that is ready to generate: text or token ids in, completions out.
///
/// ```swift
/// let llm = try LLM(model: "smollm2-135m-instruct")
/// let outputs = try llm.generate(["The capital of France is"], SamplingParams(temperature: 0))
/// print(outputs[0].completions[0].text)
/// ```
///
/// One thread at a time: every call runs to its end before it returns. Errors are typed and print as one line.
public final class LLM {
    public let tokenizer: any Tokenizer
    public let configuration: ModelConfiguration
    /// How requests share the model.
    public let scheduling: SchedulingConfiguration
    /// What the steps of all calls have been that came to their end. Those of `score` do not count.
    public private(set) var statistics = EngineStatistics()
    /// What sampling parameters may ask for.
    public var samplingLimits = SamplingLimits()

    let executor: any Executor
    private var logits: LogitsBuffer?
    private var isBusy = false
    /// The scheduler between two calls, with what its prefix cache knows. nil before the first call, and when the cache
    /// holds something else than it knows: after `score`, and after a call that failed.
    private var policy: (any SchedulingPolicy)?
    private(set) var nextRequestID = 0

    /// - Parameters:
    ///   - executor: a warm executor that nobody else uses.
    ///   - tokenizer: the model's tokenizer.
    ///   - configuration: the model's configuration.
    ///   - scheduling: how requests share the model.
    package init(
        executor: any Executor, tokenizer: any Tokenizer, configuration: ModelConfiguration,
        scheduling: SchedulingConfiguration = SchedulingConfiguration()
    ) {
        self.executor = executor
        self.tokenizer = tokenizer
        self.configuration = configuration
        self.scheduling = scheduling
    }

    /// What one step of the executor may hold.
    public var limits: ExecutorLimits { executor.limits }

    /// Programs compiled since warm-up ended: 0 unless something is wrong.
    public var compilationsAfterWarmUp: Int { executor.compilationsAfterWarmUp }

    /// Tokens of prompt and output that one sequence can hold: the model's length, or less where the KV cache is small.
    public var contextLength: Int { limits.contextLength }

    /// Starts counting anew.
    public func resetStatistics() { statistics = EngineStatistics() }

    /// How often the prefix cache was asked, and what it had, since the engine was made or the cache was lost.
    public var prefixHits: HitStatistics { policy?.pool.hits ?? HitStatistics() }

    var preparation: RequestPreparation {
        var endTokens = configuration.eosTokenIDs
        if let eos = tokenizer.specialTokens.eos?.id, !endTokens.contains(eos) { endTokens.append(eos) }
        return RequestPreparation(
            tokenizer: tokenizer, limits: limits, samplingLimits: samplingLimits, endTokens: endTokens,
            modelLength: configuration.maximumPositions, contextLength: contextLength,
            maximumNewTokens: { [scheduling, contextLength] in
                scheduling.maximumNewTokens(forPrompt: $0, contextLength: contextLength)
            })
    }

    /// Runs requests: `body` steps the loop until it is finished.
    func run<R>(_ requests: [PreparedRequest], _ body: (BatchLoop) throws -> R) throws -> R {
        try exclusively { logits in
            let policy = try takePolicy()
            let loop = BatchLoop(
                policy: policy, firstID: nextRequestID, executor: executor, tokenizer: tokenizer, logits: logits)
            defer { nextRequestID = loop.nextID }
            do throws(EngineError) {
                try loop.add(requests)
            } catch {
                // Nothing has run: the cache is what it was.
                if loop.isFinished { self.policy = loop.policy }
                throw error
            }
            let result = try body(loop)
            statistics = statistics + loop.statistics
            if loop.isFinished { self.policy = loop.policy }
            return result
        }
    }

    /// Makes the scheduler, so that one that cannot work is refused now and not with the first request.
    func prepareScheduler() throws(EngineError) { policy = try takePolicy() }

    /// Lets go of what the prefix cache knows, because its blocks are about to be written over.
    func forgetPrefixes() { policy = nil }

    /// The scheduler, which is gone unless it is put back.
    func takePolicy() throws(EngineError) -> any SchedulingPolicy {
        defer { policy = nil }
        if let policy { return policy }
        return try Self.makePolicy(scheduling, for: limits)
    }

    static func makePolicy(
        _ scheduling: SchedulingConfiguration, for limits: ExecutorLimits
    ) throws(EngineError) -> any SchedulingPolicy {
        do throws(ConfigurationError) {
            return try scheduling.makePolicy(for: limits)
        } catch {
            throw .configuration(error)
        }
    }

    /// Lends the executor and the room for logits to one call.
    func exclusively<R>(_ body: (LogitsBuffer) throws -> R) throws -> R {
        guard !isBusy else {
            throw EngineError.busy
        }
        isBusy = true
        defer { isBusy = false }
        let logits = try self.logits ?? LogitsBuffer(limits)
        self.logits = logits
        do {
            return try body(logits)
        } catch let error as BlockPoolError {
            throw EngineError.inconsistent(error.description)
        }
    }
}
