import SpyreExecutor
import SpyreScheduler
import SpyreTokenizer

/// Runs requests to their ends, step by step: schedule, run, take the results. The offline and the online engine share
/// it. Requests are added and given up between steps. One thread at a time.
///
/// What a step runs is the policy's decision; a sequence's tokens do not depend on it.
final class BatchLoop {
    /// Takes the pieces of output in the order in which they arise, with their request.
    typealias Sink = (_ request: RequestState, _ delta: GenerationDelta) throws -> Void

    /// The requests that were added and not taken out, by number.
    private(set) var requests: [Int: RequestState] = [:]
    private(set) var policy: any SchedulingPolicy
    private(set) var statistics: EngineStatistics
    /// What the last step did.
    private(set) var report = StepReport()
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
    init(
        policy: any SchedulingPolicy, firstID: Int = 0, executor: any Executor, tokenizer: any Tokenizer,
        logits: LogitsBuffer
    ) {
        self.policy = policy
        nextID = firstID
        self.executor = executor
        self.tokenizer = tokenizer
        self.logits = logits
        statistics = EngineStatistics(blockCapacity: policy.pool.capacity)
    }

    var isFinished: Bool { sequences.isEmpty }

    /// What came of the requests that are there, in the order of their numbers.
    var outputs: [RequestOutput] { requests.sorted { $0.key < $1.key }.map(\.value.output) }

    // MARK: Requests

    /// Takes requests in; their numbers are their places in the list.
    ///
    /// - Throws: `EngineError.refused` for one that the policy can never run. Then none of them is taken in.
    func add(_ requests: [PreparedRequest]) throws(EngineError) {
        for (number, request) in requests.enumerated() {
            do throws(RequestRefusal) {
                try add(request, as: number, arrival: start)
            } catch {
                for added in 0..<number { try remove(added) }
                throw .refused(prompt: requests.count == 1 ? nil : number, error)
            }
        }
    }

    /// Takes a request in, or leaves everything as it was when the policy can never run it.
    ///
    /// - Parameter number: names the request; no other one that is there has it.
    func add(
        _ prepared: PreparedRequest, as number: Int, arrival: ContinuousClock.Instant
    ) throws(RequestRefusal) {
        let request = RequestState(prepared, number: number, arrival: arrival)
        let ids = (0..<prepared.params.n).map { RequestID(nextID + $0) }
        nextID += ids.count
        let added = ids.enumerated().map { index, id in
            RunningSequence(request, index: index, vocabularySize: executor.limits.vocabularySize, tokenizer: tokenizer)
        }
        // Where sequences can share the run of their prompt, the first one runs it.
        if policy.forks { added.first?.siblings = Array(ids.dropFirst()) }
        // A policy that refuses one of the sequences refuses the first: they are alike.
        for (id, sequence) in zip(ids, added) where !policy.forks || id == ids.first {
            try policy.add(sequence.schedulerRequest(id))
        }
        for (id, sequence) in zip(ids, added) { sequences[id] = sequence }
        requests[number] = request
    }

    /// Takes a request out, and ends it silently where it goes on.
    @discardableResult
    func remove(_ number: Int) throws(EngineError) -> RequestState? {
        guard let request = requests.removeValue(forKey: number) else { return nil }
        guard !request.isFinished else { return request }
        do throws(BlockPoolError) {
            for id in unfinished(request) {
                try policy.cancel(id)
                forget(id)
            }
        } catch {
            throw .inconsistent(error.description)
        }
        return request
    }

    /// Ends the sequences of a request, those that have not started included, and tells what they had held back.
    func abort(_ number: Int, _ sink: Sink) throws {
        guard let request = requests[number], !request.isFinished else { return }
        for id in unfinished(request) {
            guard let output = sequences[id]?.output else { continue }
            try deliver(output.end(.abort), of: output, request: request, at: .now, sink)
            try policy.cancel(id)
            forget(id)
        }
    }

    private func unfinished(_ request: RequestState) -> [RequestID] {
        sequences.filter { $0.value.request === request }.keys.sorted()
    }

    // MARK: Steps

    /// Runs one step. Whatever is thrown ends the loop: neither it nor its policy must be used again.
    func step(_ sink: Sink) throws {
        report.removeAll()
        let begin = ContinuousClock.now
        let before = policy.preemptions
        let step = try policy.schedule()
        let scheduled = ContinuousClock.now
        let usedBlocks = policy.pool.usedCount
        statistics.preemptions += policy.preemptions - before
        guard !step.isEmpty else {
            throw EngineError.inconsistent("no step, yet \(sequences.count) sequences have not ended")
        }
        try fill(step, at: scheduled)
        let filled = ContinuousClock.now
        try executor.execute(batch, logits: logits.rows)
        let executed = ContinuousClock.now
        let results = try takeResults(step, sink)
        let sampled = ContinuousClock.now
        try tell(results)
        statistics.note(
            step, usedBlocks: usedBlocks, scheduling: scheduled - begin + (ContinuousClock.now - sampled),
            execution: executed - filled, total: ContinuousClock.now - begin)
        report.rows = step.tokenCount
        report.seconds = (ContinuousClock.now - begin) / .seconds(1)
    }

    // MARK: Before the step

    private func sequence(_ id: RequestID) throws(EngineError) -> RunningSequence {
        guard let sequence = sequences[id] else { throw .inconsistent("request \(id) runs and is not there") }
        return sequence
    }

    private func fill(_ step: ScheduledStep, at instant: ContinuousClock.Instant) throws(EngineError) {
        batch.removeAll()
        batch.blockCopies = step.copies.map { KVBlockCopy(source: $0.source, target: $0.target) }
        for item in step.items {
            let sequence = try sequence(item.request)
            batch.append(item, tokens: sequence.tokens)
            noteStart(of: sequence.request, item, at: instant)
        }
    }

    private func noteStart(of request: RequestState, _ item: ScheduledItem, at instant: ContinuousClock.Instant) {
        guard request.timeline.start == nil else { return }
        request.noteStart(computed: item.start, at: instant)
        report.promptTokens += request.prepared.promptTokenIDs.count
        report.cachedPromptTokens += item.start
        if let seconds = request.timeline.seconds(until: instant) { report.queueSeconds.append(seconds) }
    }

    // MARK: After the step

    /// What the policy is told: tokens that were sampled, and sequences that have no next one since their logits are bad.
    private struct Results {
        var tokens: [SpyreScheduler.SampledToken] = []
        var failed: [RequestID] = []
    }

    private func takeResults(_ step: ScheduledStep, _ sink: Sink) throws -> Results {
        var results = Results()
        var row = 0
        for item in step.items where item.logitRows > 0 {
            defer { row += item.logitRows }
            let sequence = try sequence(item.request)
            let logits = logits.row(row + item.logitRows - 1)
            // Sampling changes the row.
            let kept = item.samples && !sequence.siblings.isEmpty ? Array(logits) : []
            if let delta = take(item, row: row, logits, for: sequence) {
                try note(delta, item.request, sequence, &results, sink)
            }
            guard item.samples else { continue }
            for id in sequence.siblings {
                let sibling = try self.sequence(id)
                _ = logits.update(fromContentsOf: kept)
                try note(sample(logits, for: sibling), id, sibling, &results, sink)
            }
            sequence.siblings = []
        }
        return results
    }

    private func note(
        _ delta: GenerationDelta, _ id: RequestID, _ sequence: RunningSequence, _ results: inout Results, _ sink: Sink
    ) throws {
        let now = ContinuousClock.now
        if let token = delta.tokenIDs.first {
            noteToken(of: sequence, at: now)
            results.tokens.append(
                SpyreScheduler.SampledToken(
                    request: id, token: Int32(truncatingIfNeeded: token), ends: sequence.output.isFinished))
        } else {
            results.failed.append(id)
        }
        try deliver(delta, of: sequence.output, request: sequence.request, at: now, sink)
    }

    /// Reports the prompt, and samples where it has been run. nil when it goes on in a later step.
    private func take(
        _ item: ScheduledItem, row: Int, _ logits: UnsafeMutableBufferPointer<Float>, for sequence: RunningSequence
    ) -> GenerationDelta? {
        do throws(SamplingError) {
            if sequence.reportsPrompt { try reportPrompt(item, row: row, for: sequence) }
        } catch {
            return sequence.output.end(.error, error: error.description)
        }
        return item.samples ? sample(logits, for: sequence) : nil
    }

    /// Turns logits into a sequence's next token.
    private func sample(
        _ logits: UnsafeMutableBufferPointer<Float>, for sequence: RunningSequence
    ) -> GenerationDelta {
        do throws(SamplingError) {
            let token = try sampler.sample(logits, for: &sequence.sampling)
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
        let request = sequence.request, prepared = request.prepared
        let first = item.start + item.count - item.logitRows + 1
        guard let count = prepared.params.promptLogprobs, first < prepared.promptTokenIDs.count else { return }
        for (offset, token) in prepared.promptTokenIDs[first...].prefix(item.logitRows).enumerated()
        where first + offset == request.reportedPromptTokens {
            let values = UnsafeBufferPointer(logits.row(row + offset))
            let logprobs = try logprobReader.logprobs(of: token, top: count, in: values)
            request.appendPromptLogprobs(logprobs)
        }
    }

    private func deliver(
        _ delta: GenerationDelta, of output: SequenceOutput, request: RequestState, at instant: ContinuousClock.Instant,
        _ sink: Sink
    ) throws {
        request.note(delta, at: instant)
        if let completion = output.completion { request.finish(completion, at: instant) }
        try sink(request, delta)
    }

    private func noteToken(of sequence: RunningSequence, at instant: ContinuousClock.Instant) {
        report.outputTokens += 1
        if let last = sequence.lastToken {
            report.interTokenSeconds.append((instant - last) / .seconds(1))
        } else if sequence.request.timeline.firstToken == nil,
            let seconds = sequence.request.timeline.seconds(until: instant)
        {
            report.firstTokenSeconds.append(seconds)
        }
        sequence.lastToken = instant
    }

    /// Tells the policy what came of the step.
    private func tell(_ results: Results) throws {
        // Siblings start before the sequence that ran their prompt can go.
        let ended = try policy.complete(results.tokens)
        for id in results.failed { try policy.cancel(id) }
        for id in results.failed + ended {
            guard forget(id)?.output.isFinished == true else {
                throw EngineError.inconsistent("request \(id) has ended for the scheduler alone")
            }
        }
    }

    /// Takes a sequence out. As in the scheduler, the first of those that waited for its prompt runs it for the others.
    @discardableResult
    private func forget(_ id: RequestID) -> RunningSequence? {
        guard let sequence = sequences.removeValue(forKey: id) else { return nil }
        if let first = sequence.siblings.first {
            sequences[first]?.siblings = sequence.siblings.filter { $0 != first && sequences[$0] != nil }
        }
        return sequence
    }
}
