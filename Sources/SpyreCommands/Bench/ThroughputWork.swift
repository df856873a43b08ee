import SpyreBenchmark

/// The requests of `spyre bench throughput`.
struct ThroughputWork: Equatable {
    struct Request: Equatable {
        let prompt: [Int]
        let outputTokens: Int
    }

    let requests: [Request]
    let seed: UInt64

    /// Lengths are drawn first, so that they do not depend on the vocabulary.
    init(requests count: Int, prompt: ClosedRange<Int>, output: ClosedRange<Int>, seed: UInt64, vocabularySize: Int) {
        var random = RandomValues(seed: seed)
        let lengths = (0..<count).map { _ in
            (
                prompt.lowerBound + random.index(below: prompt.count),
                output.lowerBound + random.index(below: output.count)
            )
        }
        var ids = RandomTokens(seed: seed ^ 0x5bd1_e995, vocabularySize: vocabularySize)
        requests = lengths.map { prompt, output in
            Request(prompt: ids.next(prompt).map(Int.init), outputTokens: output)
        }
        self.seed = seed
    }

    var promptTokens: Int { requests.reduce(0) { $0 + $1.prompt.count } }
    var outputTokens: Int { requests.reduce(0) { $0 + $1.outputTokens } }

    /// Steps that make one token for each of at most `sequences` requests, at the fewest. The first token of a request
    /// comes with its prompt.
    func leastSteps(sequences: Int) -> Int {
        let rest = requests.map { $0.outputTokens - 1 }
        let total = rest.reduce(0, +)
        return max(rest.max() ?? 0, (total + sequences - 1) / max(1, sequences))
    }

    /// Operations of all prompts.
    func operations(_ model: ModelWork) -> [ComputeType: Double] {
        requests.reduce(into: [:]) { sum, request in
            sum.merge(model.operations(prompt: request.prompt.count, depth: 0)) { $0 + $1 }
        }
    }

    /// Bytes of all steps after the prompts.
    func bytes(_ model: ModelWork, sequences: Int) -> Double {
        let context = requests.reduce(0.0) { sum, request in
            // The k-th further token sees the prompt and k + 1 tokens of its own.
            let further = Double(request.outputTokens - 1)
            return sum + further * Double(request.prompt.count) + further * (further + 3) / 2
        }
        return Double(leastSteps(sequences: sequences)) * Double(model.weightBytes)
            + Double(model.cacheBytes) * context
    }
}
