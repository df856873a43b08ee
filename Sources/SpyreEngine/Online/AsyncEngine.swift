import Foundation
import SpyreCheckpoint
import SpyreExecutor
import SpyreScheduler
import SpyreTokenizer

/// A model that serves: requests come in from any task at any time and run together, tokens go out as they arise.
///
/// ```swift
/// let engine = try AsyncEngine(LLM(model: "smollm2-135m-instruct"))
/// for try await piece in try engine.generate("The sea is", SamplingParams(temperature: 0)) { print(piece.text) }
/// ```
///
/// One thread of its own owns scheduler and executor and runs the same loop as ``LLM``: a request's tokens are those that
/// `LLM.generate` gives, alone and under load. The thread sleeps while no request is there.
///
/// What is done where: tokenising and checking is done by the caller of `submit`, before the request is queued. Sampling and
/// the search for the end of a sequence are done on the engine's thread, and with them the turning of one id into its
/// bytes: whether a stop string is complete decides whether the sequence has a next step. That is a look into a table and a
/// copy of a few bytes, under a microsecond beside milliseconds of a step. What costs more, such as templates, the texts of
/// other tokens for log-probabilities and JSON, is the reader's.
///
/// A request that fails ends alone, with a typed error. When the engine itself fails, as when a step throws, every stream
/// ends with `EngineError.engineFailed`, further requests are refused with it, and `onFailure` is called.
///
/// The engine's thread ends when the engine and all of its streams have been let go.
public final class AsyncEngine: Sendable {
    public let tokenizer: any Tokenizer
    public let configuration: ModelConfiguration
    /// How requests share the model.
    public let scheduling: SchedulingConfiguration
    /// What one step of the executor may hold.
    public let limits: ExecutorLimits
    /// How much is taken in.
    public let queueLimits: QueueLimits
    /// What sampling parameters may ask for.
    public let samplingLimits: SamplingLimits
    /// Says at once what the scheduler can never run: a policy without requests.
    private let emptyPolicy: any SchedulingPolicy
    private let preparation: RequestPreparation
    private let queue: RequestQueue
    private let lifetime: EngineLifetime

    /// Takes over a model that is ready, and starts the engine's thread.
    ///
    /// - Parameters:
    ///   - llm: nobody else uses it any more.
    ///   - queueLimits: how much is taken in.
    ///   - observer: is told of steps and ended requests.
    ///   - onFailure: called once, on the engine's thread, when the engine cannot go on and all streams have been told.
    public init(
        _ llm: sending LLM, queueLimits: QueueLimits = QueueLimits(), observer: (any EngineObserver)? = nil,
        onFailure: @escaping @Sendable (EngineError) -> Void = { _ in }
    ) throws(EngineError) {
        tokenizer = llm.tokenizer
        configuration = llm.configuration
        scheduling = llm.scheduling
        limits = llm.limits
        samplingLimits = llm.samplingLimits
        preparation = llm.preparation
        self.queueLimits = queueLimits
        queue = RequestQueue(queueLimits)
        lifetime = EngineLifetime(queue)
        emptyPolicy = try LLM.makePolicy(llm.scheduling, for: llm.limits)
        try OnlineLoop.start(llm, queue: queue, observer: observer, onFailure: onFailure)
    }

    /// Tokens of prompt and output that one sequence can hold.
    public var contextLength: Int { limits.contextLength }

    /// What the engine is doing.
    public var load: EngineLoad { queue.load }

    /// Takes no more requests, and returns when those that were admitted have ended.
    public func drain() async {
        queue.drain()
        await queue.waitForEnd()
    }

    /// Ends all requests with `EngineError.stopped`, and returns when the engine's thread has ended: after the step that is
    /// being run.
    public func stop() async {
        queue.stop()
        await queue.waitForEnd()
    }

    /// Returns when the engine has ended, whatever the reason.
    public func waitUntilEnded() async { await queue.waitForEnd() }

    // MARK: Requests

    /// Reserves places in the queue, before anything is spent on the requests.
    ///
    /// - Throws: `EngineError.overloaded`, `.draining`, `.stopped` or `.engineFailed`.
    public func admit(_ count: Int = 1) throws(EngineError) -> AdmissionTicket {
        try AdmissionTicket(queue, count: count)
    }

    /// Checks, tokenises and queues a request that was admitted. Does its work on the caller's thread.
    ///
    /// - Throws: why the request can never run.
    public func submit(
        _ prompt: Prompt, _ params: SamplingParams = SamplingParams(), options: RequestOptions = RequestOptions(),
        ticket: AdmissionTicket
    ) throws(EngineError) -> RequestStream {
        var prepared = try preparation.prepare(prompt, params, number: nil)
        prepared.identity = PrefixIdentity(salt: options.cacheSalt)
        prepared.constraint = options.constraint
        try check(prepared)
        let channel = RequestChannel(maximumBytes: queueLimits.unreadBytes)
        let request = prepared
        let arrival = try ticket.redeem { number in
            Arrival(number: number, prepared: request, options: options, instant: ticket.instant, channel: channel)
        }
        return RequestStream(
            prepared, handle: StreamHandle(number: arrival.number, channel: channel, queue: queue, lifetime: lifetime))
    }

    /// Admits, checks, tokenises and queues a request.
    ///
    /// - Throws: as `admit` and `submit` do.
    public func generate(
        _ prompt: Prompt, _ params: SamplingParams = SamplingParams(), options: RequestOptions = RequestOptions()
    ) throws(EngineError) -> RequestStream {
        try submit(prompt, params, options: options, ticket: try admit())
    }

    /// Refuses what the scheduler can never run, before the request is queued.
    private func check(_ prepared: PreparedRequest) throws(EngineError) {
        let ids = (0..<prepared.params.n).map { RequestID($0) }
        let request = prepared.schedulerRequest(
            RequestID(0), reportsPrompt: prepared.params.promptLogprobs != nil,
            siblings: emptyPolicy.forks ? Array(ids.dropFirst()) : [])
        var policy = emptyPolicy
        do throws(RequestRefusal) {
            try policy.add(request)
        } catch {
            throw .refused(prompt: nil, error)
        }
    }
}
