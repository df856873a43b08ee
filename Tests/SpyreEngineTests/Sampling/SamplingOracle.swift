import Foundation

@testable import SpyreEngine

/// The sampling pipeline in double precision, written for clarity: whole sorts, no thresholds, no shared code.
struct SamplingOracle {
    var params: SamplingParams
    var prompt: [Int] = []
    var output: [Int] = []
    var endTokens: [Int] = []
    var badWords: [[Int]] = []

    func processed(_ row: [Float]) -> [Double] {
        var x = row.map(Double.init)
        if let allowed = params.allowedTokenIDs {
            for i in x.indices where !allowed.contains(i) { x[i] = -.infinity }
        }
        for word in badWords where output.count + 1 >= word.count {
            let before = Array(output[(output.count - word.count + 1)...])
            if before == Array(word[..<(word.count - 1)]) { x[word[word.count - 1]] = -.infinity }
        }
        if output.count < params.minTokens {
            for token in endTokens + params.stopTokenIDs { x[token] = -.infinity }
        }
        for (token, bias) in params.logitBias { x[token] += Double(min(100, max(-100, bias))) }
        for token in Set(prompt + output) {
            x[token] = x[token] > 0 ? x[token] / params.repetitionPenalty : x[token] * params.repetitionPenalty
        }
        for token in Set(output) {
            let count = output.filter { $0 == token }.count
            x[token] -= params.frequencyPenalty * Double(count) + params.presencePenalty
        }
        return x
    }

    /// Probability of each token id; 0 for those that are filtered out.
    func distribution(_ row: [Float]) -> [Double] {
        let x = processed(row).map { $0 / params.effectiveTemperature }
        var p = softmax(x)
        if params.minP > 0 {
            let bound = params.minP * (p.max() ?? 0)
            p = p.map { $0 >= bound ? $0 : 0 }
        }
        if params.topK > 0, params.topK < p.count {
            let bound = p.sorted(by: >)[params.topK - 1]
            p = p.map { $0 >= bound ? $0 : 0 }
        }
        p = normalized(p)
        if params.topP < 1 {
            let order = p.indices.sorted { p[$0] > p[$1] || (p[$0] == p[$1] && $0 < $1) }
            var before = 0.0
            for (place, token) in order.enumerated() {
                let own = p[token]
                if place > 0, before >= params.topP { p[token] = 0 }
                before += own
            }
        }
        return normalized(p)
    }

    func softmax(_ x: [Double]) -> [Double] {
        let greatest = x.max() ?? 0
        return normalized(x.map { exp($0 - greatest) })
    }

    private func normalized(_ p: [Double]) -> [Double] {
        let sum = p.reduce(0, +)
        return p.map { $0 / sum }
    }
}

/// Runs the sampler on a copy of a row.
struct SamplerDriver {
    var sampler = Sampler()

    mutating func sample(_ row: [Float], _ sequence: inout SequenceSampling) throws -> SampledToken {
        var copy = row
        return try copy.withUnsafeMutableBufferPointer { try sampler.sample($0, for: &sequence) }
    }

    mutating func distribution(_ row: [Float], _ sequence: SequenceSampling) throws -> [Int: Double] {
        var copy = row
        return try copy.withUnsafeMutableBufferPointer { try sampler.distribution($0, for: sequence) }
    }
}

extension SequenceSampling {
    /// A sequence of a test: seed 1 unless the parameters have one.
    static func test(
        _ params: SamplingParams, vocabularySize: Int, prompt: [Int] = [], index: Int = 0, endTokens: [Int] = [],
        badWords: [[Int]] = []
    ) -> SequenceSampling {
        var params = params
        params.seed = params.seed ?? 1
        return SequenceSampling(
            params, prompt: prompt, seed: SamplingSeed(params), index: index, vocabularySize: vocabularySize,
            endTokens: endTokens, badWords: badWords)
    }
}
