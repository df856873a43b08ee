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

    /// Reads the fields by the names under which `bench latency` writes them.
    init(from decoder: any Decoder) throws {
        let row = try decoder.container(keyedBy: LatencyRow.CodingKeys.self)
        sequences = try row.decode(Int.self, forKey: .sequences)
        depth = try row.decode(Int.self, forKey: .depth)
        prefillTokens = try row.decode(Int.self, forKey: .prefillTokens)
        decodeTokens = try row.decode(Int.self, forKey: .decodeTokens)
        firstTokenSeconds = try row.decode(Double.self, forKey: .firstTokenSeconds)
        stepMilliseconds = try row.decode(Double.self, forKey: .stepMillisecondsMedian)
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
