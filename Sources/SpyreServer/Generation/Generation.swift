import SpyreEngine

/// The requests to the engine that one HTTP request has become: one for each prompt. Letting it go gives them up.
struct Generation: Sendable {
    let streams: [RequestStream]

    /// Submits prompts that have places in the queue.
    init(
        _ prompts: [[Int]], _ params: SamplingParams, options: RequestOptions, ticket: AdmissionTicket,
        engine: AsyncEngine
    ) throws(EngineError) {
        var streams: [RequestStream] = []
        for prompt in prompts {
            streams.append(try engine.submit(.tokens(prompt), params, options: options, ticket: ticket))
        }
        self.streams = streams
    }

    func cancel() {
        for stream in streams { stream.cancel() }
    }

    /// Waits for the ends of all.
    func outputs() async throws(EngineError) -> [RequestOutput] {
        var outputs: [RequestOutput] = []
        for stream in streams { outputs.append(try await stream.output()) }
        return outputs
    }

    /// Hands out the pieces of all prompts as they come, with the prompt's number.
    func forEach(_ body: (_ prompt: Int, _ delta: GenerationDelta) async throws -> Void) async throws {
        if streams.count == 1 {
            for try await delta in streams[0] { try await body(0, delta) }
            return
        }
        try await withThrowingTaskGroup(of: (Int, RequestStream.AsyncIterator, GenerationDelta?).self) { group in
            func read(_ prompt: Int, _ iterator: RequestStream.AsyncIterator) {
                group.addTask {
                    var iterator = iterator
                    let delta = try await iterator.next(isolation: nil)
                    return (prompt, iterator, delta)
                }
            }
            for (prompt, stream) in streams.enumerated() { read(prompt, stream.makeAsyncIterator()) }
            while let (prompt, iterator, delta) = try await group.next() {
                guard let delta else { continue }
                try await body(prompt, delta)
                read(prompt, iterator)
            }
        }
    }
}
