extension LLM {
    /// Completes prompts, all with the same parameters. Results are in the order of the prompts.
    ///
    /// All prompts are checked before the first one runs. A completion whose logits are unusable ends with the finish
    /// reason `.error`; the others go on.
    ///
    /// - Parameter progress: called after every step.
    /// - Throws: ``EngineError`` for a request that cannot be run, `ExecutorError` when a step failed.
    public func generate(
        _ prompts: [Prompt], _ params: SamplingParams = SamplingParams(),
        progress: ((GenerationProgress) -> Void)? = nil
    ) throws -> [RequestOutput] {
        try generate(prompts, [SamplingParams](repeating: params, count: prompts.count), progress: progress)
    }

    /// Completes prompts, each with parameters of its own.
    ///
    /// - Parameters:
    ///   - progress: called after every step.
    ///   - onOutput: called when all completions of a prompt have ended, with the prompt's number from 0. Short requests
    ///     end before long ones, so that the numbers come in any order. What it throws ends the call and is thrown on.
    public func generate(
        _ prompts: [Prompt], _ params: [SamplingParams], progress: ((GenerationProgress) -> Void)? = nil,
        onOutput: ((_ prompt: Int, _ output: RequestOutput) throws -> Void)? = nil
    ) throws -> [RequestOutput] {
        guard prompts.count == params.count else {
            throw EngineError.parameterCount(prompts: prompts.count, params: params.count)
        }
        let preparation = preparation
        let requests = try zip(prompts, params).enumerated().map { number, request in
            try preparation.prepare(request.0, request.1, number: prompts.count > 1 ? number : nil)
        }
        return try run(requests) { loop in
            var outputTokens = 0, finished = 0
            while !loop.isFinished {
                var ended: [RequestState] = []
                try loop.step { request, delta in
                    outputTokens += delta.tokenIDs.count
                    if request.isFinished { ended.append(request) }
                }
                finished += ended.count
                if let onOutput {
                    for request in ended { try onOutput(request.number, request.output) }
                }
                progress?(
                    GenerationProgress(
                        finishedRequests: finished, totalRequests: requests.count,
                        outputTokens: outputTokens))
            }
            return loop.outputs
        }
    }

    /// Completes one prompt and hands out the text as it arises.
    ///
    /// - Parameter onDelta: called for each piece of each completion. Returning false ends the request: what goes on
    ///   ends with the finish reason `.abort`, and `onDelta` is not called again. What it throws is thrown on.
    @discardableResult
    public func generate(
        _ prompt: Prompt, _ params: SamplingParams = SamplingParams(),
        onDelta: (GenerationDelta) throws -> Bool
    ) throws -> RequestOutput {
        let request = try preparation.prepare(prompt, params, number: nil)
        return try run([request]) { loop in
            var isWanted = true
            while !loop.isFinished {
                try loop.step { _, delta in
                    if isWanted { isWanted = try onDelta(delta) }
                }
                if !isWanted { try loop.abort(0) { _, _ in } }
            }
            return loop.outputs[0]
        }
    }
}
