import SpyreExecutor
import SpyreTokenizer

/// Runs a list of requests to their ends, step by step: admit, plan, run, take the results.
///
/// Sequences start in the order of the requests; one that has to wait for KV blocks keeps those behind it waiting. What
/// to run in a step is the policy's decision; a sequence's tokens do not depend on it.
final class BatchLoop {
    /// Takes the pieces of output in the order in which they arise, with the number of their request.
    typealias Sink = (_ request: Int, _ delta: GenerationDelta) throws -> Void

    private(set) var requests: [RequestState]
    private(set) var pool: BlockPool
    private(set) var running: [RunningSequence] = []
    /// Sequences that have not started, next one last.
    private var waiting: [(request: Int, index: Int)]
    private let executor: any Executor
    private let tokenizer: any Tokenizer
    private let policy: FirstComePolicy
    private let logits: LogitsBuffer
    private let start = ContinuousClock.now
    private var batch = ForwardBatch()
    private var sampler = Sampler()
    private var logprobReader = LogprobReader()

    init(
        _ requests: [PreparedRequest], executor: any Executor, tokenizer: any Tokenizer, logits: LogitsBuffer
    ) {
        self.requests = requests.map(RequestState.init)
        self.executor = executor
        self.tokenizer = tokenizer
        self.logits = logits
        policy = FirstComePolicy(limits: executor.limits)
        pool = BlockPool(blockCount: executor.limits.blockCount)
        waiting = requests.enumerated().flatMap { number, request in
            (0..<request.params.n).map { (number, $0) }
        }.reversed()
    }

    var isFinished: Bool { running.isEmpty && waiting.isEmpty }
    var finishedCount: Int { requests.count { $0.isFinished } }

    /// Runs one step. Whatever is thrown ends the loop: it must not be used again.
    func step(_ sink: Sink) throws {
        try admit()
        let plan = policy.plan(running.map(\.planned))
        guard !plan.items.isEmpty else {
            throw EngineError.inconsistent("the executor's limits allow no token row (\(executor.limits))")
        }
        try fill(plan)
        try executor.execute(batch, logits: logits.rows)
        try takeResults(plan, sink)
        try retire()
    }

    /// Ends the sequences of a request, those that have not started included.
    func abort(_ request: Int, _ sink: Sink) throws {
        for place in waiting where place.request == request {
            let output = SequenceOutput(requests[request].prepared, index: place.index, tokenizer: tokenizer)
            try deliver(output.end(.abort), of: output, request: request, sink)
        }
        waiting.removeAll { $0.request == request }
        for sequence in running where sequence.request == request && !sequence.output.isFinished {
            try deliver(sequence.output.end(.abort), of: sequence.output, request: request, sink)
        }
        try retire()
    }

    // MARK: Before the step

    private func admit() throws {
        while let next = waiting.last, running.count < executor.limits.maximumSequences {
            let prepared = requests[next.request].prepared
            let blocks = ExecutorLimits.blocks(forTokens: prepared.maximumComputedTokens)
            guard pool.promise(blocks) else { break }
            waiting.removeLast()
            running.append(
                RunningSequence(
                    prepared, request: next.request, index: next.index, promisedBlocks: blocks,
                    vocabularySize: executor.limits.vocabularySize, tokenizer: tokenizer))
        }
    }

    private func fill(_ plan: StepPlan) throws {
        batch.removeAll()
        for item in plan.items {
            let sequence = running[item.sequence]
            try sequence.kv.grow(to: item.start + item.count, from: &pool)
            batch.append(sequence.kv, start: item.start, count: item.count, logitRows: item.logitRows)
        }
    }

    // MARK: After the step

    private func takeResults(_ plan: StepPlan, _ sink: Sink) throws {
        var row = 0
        for item in plan.items {
            let sequence = running[item.sequence]
            sequence.kv.advance(item.count)
            defer { row += item.logitRows }
            guard item.logitRows > 0 else { continue }
            let delta = take(item, row: row, for: sequence)
            guard let delta else { continue }
            try deliver(delta, of: sequence.output, request: sequence.request, sink)
        }
    }

    /// Turns the logits of one sequence into its next token. nil when its prompt goes on in a later step.
    private func take(_ item: StepPlan.Item, row: Int, for sequence: RunningSequence) -> GenerationDelta? {
        do throws(SamplingError) {
            if sequence.reportsPrompt { try reportPrompt(item, row: row, for: sequence) }
            guard sequence.kv.computedTokens == sequence.kv.tokens.count else { return nil }
            let token = try sampler.sample(logits.row(row + item.logitRows - 1), for: &sequence.sampling)
            sequence.kv.append(token.tokenID)
            return sequence.output.append(token)
        } catch {
            // Bad logits concern this sequence alone; the others of the batch go on.
            return sequence.output.end(.error, error: error.description)
        }
    }

    /// Row i of an item holds the logits for the token after index `start` + i.
    private func reportPrompt(
        _ item: StepPlan.Item, row: Int, for sequence: RunningSequence
    ) throws(SamplingError) {
        let prepared = requests[sequence.request].prepared
        let first = item.start + item.count - item.logitRows + 1
        guard let count = prepared.params.promptLogprobs, first < prepared.promptTokenIDs.count else { return }
        for (offset, token) in prepared.promptTokenIDs[first...].prefix(item.logitRows).enumerated() {
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

    /// Gives the blocks of ended sequences back.
    private func retire() throws {
        guard running.contains(where: \.output.isFinished) else { return }
        for sequence in running where sequence.output.isFinished { try sequence.kv.release(to: &pool) }
        running.removeAll { $0.output.isFinished }
    }
}
