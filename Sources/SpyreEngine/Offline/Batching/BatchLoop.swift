import SpyreExecutor
import SpyreScheduler
import SpyreTokenizer

/// Runs a list of requests to their ends, step by step: schedule, run, take the results.
///
/// What a step runs is the policy's decision; a sequence's tokens do not depend on it.
final class BatchLoop {
    /// Takes the pieces of output in the order in which they arise, with the number of their request.
    typealias Sink = (_ request: Int, _ delta: GenerationDelta) throws -> Void

    private(set) var requests: [RequestState] = []
    private(set) var policy: any SchedulingPolicy
    private(set) var statistics: EngineStatistics
    /// The sequences that have not ended.
    private var sequences: [RequestID: RunningSequence] = [:]
    /// The next request's number: those below have been given to the policy.
    private(set) var nextID: Int
    private let executor: any Executor
    private let tokenizer: any Tokenizer
    private let logits: LogitsBuffer
    private let start = ContinuousClock.now
    private var batch = ForwardBatch()
    private var sampler = Sampler()
    private var logprobReader = LogprobReader()

    /// - Parameters:
    ///   - policy: one without requests.
    ///   - firstID: smaller numbers of requests have been given to the policy before.
    /// - Throws: `EngineError.refused` for a request that the policy can never run.
    init(
        _ requests: [PreparedRequest], policy: any SchedulingPolicy, firstID: Int = 0, executor: any Executor,
        tokenizer: any Tokenizer, logits: LogitsBuffer
    ) throws(EngineError) {
        self.policy = policy
        nextID = firstID
        self.executor = executor
        self.tokenizer = tokenizer
        self.logits = logits
        statistics = EngineStatistics(blockCapacity: policy.pool.capacity)
        for (number, request) in requests.enumerated() {
            try add(request, number, isAlone: requests.count == 1)
        }
    }

    var isFinished: Bool { sequences.isEmpty }
    var finishedCount: Int { requests.count { $0.isFinished } }

    private func add(_ prepared: PreparedRequest, _ number: Int, isAlone: Bool) throws(EngineError) {
        requests.append(RequestState(prepared))
        for index in 0..<prepared.params.n {
            let sequence = RunningSequence(
                prepared, request: number, index: index, vocabularySize: executor.limits.vocabularySize,
                tokenizer: tokenizer)
            let id = RequestID(nextID)
            do throws(RequestRefusal) {
                try policy.add(sequence.schedulerRequest(id, prepared))
            } catch {
                throw .refused(prompt: isAlone ? nil : number, error)
            }
            sequences[id] = sequence
            nextID += 1
        }
    }

    /// Runs one step. Whatever is thrown ends the loop: neither it nor its policy must be used again.
    func step(_ sink: Sink) throws {
        let begin = ContinuousClock.now
        let before = policy.preemptions
        let step = try policy.schedule()
        let scheduled = ContinuousClock.now
        let usedBlocks = policy.pool.usedCount
        statistics.preemptions += policy.preemptions - before
        guard !step.isEmpty else {
            throw EngineError.inconsistent("no step, yet \(sequences.count) sequences have not ended")
        }
        try fill(step)
        let filled = ContinuousClock.now
        try executor.execute(batch, logits: logits.rows)
        let executed = ContinuousClock.now
        let (tokens, failed) = try takeResults(step, sink)
        let sampled = ContinuousClock.now
        try tell(tokens, failed)
        statistics.note(
            step, usedBlocks: usedBlocks, scheduling: scheduled - begin + (ContinuousClock.now - sampled),
            execution: executed - filled, total: ContinuousClock.now - begin)
    }

    /// Ends the sequences of a request, those that have not started included.
    func abort(_ request: Int, _ sink: Sink) throws {
        let unfinished = sequences.filter { $0.value.request == request }.sorted { $0.key < $1.key }
        for (id, sequence) in unfinished {
            try deliver(sequence.output.end(.abort), of: sequence.output, request: request, sink)
            try policy.cancel(id)
            sequences[id] = nil
        }
    }

    // MARK: Before the step

    private func sequence(_ id: RequestID) throws(EngineError) -> RunningSequence {
        guard let sequence = sequences[id] else { throw .inconsistent("request \(id) runs and is not there") }
        return sequence
    }

    private func fill(_ step: ScheduledStep) throws(EngineError) {
        batch.removeAll()
        for item in step.items { batch.append(item, tokens: try sequence(item.request).tokens) }
    }

    // MARK: After the step

    /// - Returns: the tokens that were sampled, and the sequences that have no next one since their logits are bad.
    private func takeResults(
        _ step: ScheduledStep, _ sink: Sink
    ) throws -> (tokens: [SpyreScheduler.SampledToken], failed: [RequestID]) {
        var tokens: [SpyreScheduler.SampledToken] = []
        var failed: [RequestID] = []
        var row = 0
        for item in step.items where item.logitRows > 0 {
            defer { row += item.logitRows }
            let sequence = try sequence(item.request)
            guard let delta = take(item, row: row, for: sequence) else { continue }
            if let token = delta.tokenIDs.first {
                let id = Int32(truncatingIfNeeded: token)
                tokens.append(
                    SpyreScheduler.SampledToken(request: item.request, token: id, ends: sequence.output.isFinished))
            } else {
                failed.append(item.request)
            }
            try deliver(delta, of: sequence.output, request: sequence.request, sink)
        }
        return (tokens, failed)
    }

    /// Turns the logits of one sequence into its next token. nil when its prompt goes on in a later step.
    private func take(_ item: ScheduledItem, row: Int, for sequence: RunningSequence) -> GenerationDelta? {
        do throws(SamplingError) {
            if sequence.reportsPrompt { try reportPrompt(item, row: row, for: sequence) }
            guard item.samples else { return nil }
            let token = try sampler.sample(logits.row(row + item.logitRows - 1), for: &sequence.sampling)
            sequence.append(token.tokenID)
            return sequence.output.append(token)
        } catch {
            // Bad logits concern this sequence alone; the others of the batch go on.
            return sequence.output.end(.error, error: error.description)
        }
    }

    /// Row i of an item holds the logits for the token after index `start` + i. One that was sent back runs its prompt
    /// again, of which it reports only what it has not yet.
    private func reportPrompt(
        _ item: ScheduledItem, row: Int, for sequence: RunningSequence
    ) throws(SamplingError) {
        let prepared = requests[sequence.request].prepared
        let first = item.start + item.count - item.logitRows + 1
        guard let count = prepared.params.promptLogprobs, first < prepared.promptTokenIDs.count else { return }
        for (offset, token) in prepared.promptTokenIDs[first...].prefix(item.logitRows).enumerated()
        where first + offset == requests[sequence.request].reportedPromptTokens {
            let values = UnsafeBufferPointer(logits.row(row + offset))
            let logprobs = try logprobReader.logprobs(of: token, top: count, in: values)
            requests[sequence.request].appendPromptLogprobs(logprobs)
        }
    }

    private func deliver(_ delta: GenerationDelta, of output: SequenceOutput, request: Int, _ sink: Sink) throws {
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        requests[request].note(delta, seconds: seconds)
        if let completion = output.completion { requests[request].finish(completion, seconds: seconds) }
        try sink(request, delta)
    }

    /// Tells the policy what came of the step.
    private func tell(_ tokens: [SpyreScheduler.SampledToken], _ failed: [RequestID]) throws {
        for id in failed { try policy.cancel(id) }
        let ended = try policy.complete(tokens)
        for id in failed + ended {
            guard let sequence = sequences.removeValue(forKey: id), sequence.output.isFinished else {
                throw EngineError.inconsistent("request \(id) has ended for the scheduler alone")
            }
        }
    }
}
