import SpyreCheckpoint
import SpyreExecutor
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
    /// What sampling parameters may ask for.
    public var samplingLimits = SamplingLimits()

    let executor: any Executor
    private var logits: LogitsBuffer?
    private var isBusy = false

    /// - Parameters:
    ///   - executor: a warm executor that nobody else uses.
    ///   - tokenizer: the model's tokenizer.
    ///   - configuration: the model's configuration.
    package init(executor: any Executor, tokenizer: any Tokenizer, configuration: ModelConfiguration) {
        self.executor = executor
        self.tokenizer = tokenizer
        self.configuration = configuration
    }

    /// What one step of the executor may hold.
    public var limits: ExecutorLimits { executor.limits }

    /// Programs compiled since warm-up ended: 0 unless something is wrong.
    public var compilationsAfterWarmUp: Int { executor.compilationsAfterWarmUp }

    /// Tokens of prompt and output that one sequence can hold: the model's length, or less where the KV cache is small.
    public var contextLength: Int {
        let blocks = max(0, limits.blockCount - 1)
        return min(limits.maximumModelLength, blocks.multipliedReportingOverflow(by: ExecutorLimits.blockTokens).0)
    }

    var preparation: RequestPreparation {
        var endTokens = configuration.eosTokenIDs
        if let eos = tokenizer.specialTokens.eos?.id, !endTokens.contains(eos) { endTokens.append(eos) }
        return RequestPreparation(
            tokenizer: tokenizer, limits: limits, samplingLimits: samplingLimits, endTokens: endTokens,
            modelLength: configuration.maximumPositions, contextLength: contextLength)
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
