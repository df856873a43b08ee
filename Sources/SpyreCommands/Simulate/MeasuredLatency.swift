import SpyreScheduler

/// What a line of `spyre bench latency --json` says about steps.
struct MeasuredLatency: Decodable {
    /// Tokens that the benchmark prefills in a step at most.
    private static let stepTokens = 512
    private static let greatest = 1 << 24

    private let sequences: Int
    private let depth: Int
    private let prefillTokens: Int
    private let decodeTokens: Int
    private let firstTokenSeconds: Double
    private let stepMilliseconds: Double

    private enum CodingKeys: String, CodingKey {
        case sequences, depth
        case prefillTokens = "prefill_tokens"
        case decodeTokens = "decode_tokens"
        case firstTokenSeconds = "first_token_seconds"
        case stepMilliseconds = "step_milliseconds_median"
    }

    /// The prefill of all sequences one after the other, and a decode step in the middle of the outputs. Numbers that no
    /// run can have give none.
    var samples: [StepTimeModel.Sample] {
        let numbers = [sequences, depth, prefillTokens, decodeTokens]
        guard numbers.allSatisfy({ (0...Self.greatest).contains($0) }), sequences <= 1 << 16 else { return [] }
        let ends = stride(from: 0, to: prefillTokens, by: Self.stepTokens).map {
            depth + min($0 + Self.stepTokens, prefillTokens)
        }
        let prefill = StepWork(
            prefillTokens: prefillTokens * sequences, contextTokens: ends.reduce(0, +) * sequences)
        let decode = StepWork(
            decodeSequences: sequences, contextTokens: (depth + prefillTokens + decodeTokens / 2) * sequences)
        return [
            StepTimeModel.Sample(steps: ends.count * sequences, work: prefill, seconds: firstTokenSeconds),
            StepTimeModel.Sample(work: decode, seconds: stepMilliseconds / 1000),
        ]
    }
}
