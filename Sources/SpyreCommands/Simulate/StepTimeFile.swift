import SpyreScheduler

/// The file of `spyre simulate --step-time`: a model's numbers, or measured steps that it is fitted to.
struct StepTimeFile {
    private static let expected =
        #"{"a": …, "b": …, "c": …, "d": …}, a line of `spyre bench latency --json`, or {"prefill_tokens": …, "decode_sequences": …, "context_tokens": …, "seconds": …}"#

    let model: StepTimeModel

    /// Fitted to `spyre bench latency` of SmolLM2-135M-Instruct (Q4_1) with 1 to 32 sequences of 64 to 1536
    /// tokens, on two cores with AVX-512.
    static let standard = StepTimeModel(a: 0.0048, b: 0.00058, c: 0.00078, d: 1.05e-6)

    init(path: String) throws(CommandFailure) {
        let file = try JSONLinesFile(path: path, example: Self.expected) { line throws(CommandFailure) in
            try JSONRecord.decode(Line.self, from: line, expected: Self.expected)
        }
        if file.entries.count == 1, case .model(let model) = file.entries[0].record {
            guard model.isUsable else {
                throw CommandFailure("\(file.name): a, b, c and d have to be seconds from 0 on, and not all 0")
            }
            self.model = model
            return
        }
        var samples: [StepTimeModel.Sample] = []
        for entry in file.entries {
            guard case .samples(let measured) = entry.record else {
                throw .line(entry.lineNumber, of: file.name, "there is more than one line; give only measured steps")
            }
            samples += measured
        }
        guard let model = StepTimeModel.fitted(to: samples), model.isUsable else {
            throw CommandFailure("\(file.name): the steps do not determine a model; give more of different sizes")
        }
        self.model = model
    }

    private enum Line: Decodable {
        case model(StepTimeModel)
        case samples([StepTimeModel.Sample])

        private enum CodingKeys: String, CodingKey {
            case a, seconds, steps
            case step = "step_milliseconds_median"
        }

        init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: CodingKeys.self)
            if values.contains(.a) {
                self = .model(try StepTimeModel(from: decoder))
            } else if values.contains(.step) {
                self = .samples(try MeasuredLatency(from: decoder).samples)
            } else {
                let steps = try values.decodeIfPresent(Int.self, forKey: .steps) ?? 1
                self = .samples([
                    StepTimeModel.Sample(
                        steps: steps, work: try StepWork(from: decoder),
                        seconds: try values.decode(Double.self, forKey: .seconds))
                ])
            }
        }
    }
}
