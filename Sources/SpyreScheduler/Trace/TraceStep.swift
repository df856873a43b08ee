/// A step of a trace, for those who look at it as it goes.
package struct TraceStep: Sendable, Encodable {
    package var step: Int
    /// Simulated seconds at its beginning.
    package var time: Double
    package var seconds: Double
    package var work: StepWork
    package var running: Int
    package var waiting: Int
    package var paused: Int
    package var usedBlocks: Int

    private enum CodingKeys: String, CodingKey {
        case step, time, seconds, running, waiting, paused
        case prefillTokens = "prefill_tokens"
        case decodeSequences = "decode_sequences"
        case contextTokens = "context_tokens"
        case usedBlocks = "n_used_blocks"
    }

    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(step, forKey: .step)
        try values.encode(time, forKey: .time)
        try values.encode(seconds, forKey: .seconds)
        try values.encode(running, forKey: .running)
        try values.encode(waiting, forKey: .waiting)
        try values.encode(paused, forKey: .paused)
        try values.encode(work.prefillTokens, forKey: .prefillTokens)
        try values.encode(work.decodeSequences, forKey: .decodeSequences)
        try values.encode(work.contextTokens, forKey: .contextTokens)
        try values.encode(usedBlocks, forKey: .usedBlocks)
    }
}
