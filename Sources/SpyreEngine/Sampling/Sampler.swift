/// Chooses the next token of a sequence from its row of logits.
///
/// The order is vLLM's: allowed ids, bad words, minimum length, biases, penalties; the constraint; then for temperature 0 the greatest
/// logit (the lowest id of equal ones), otherwise temperature, min-p, top-k, top-p and a draw. The token is a function
/// of the row, the sequence's parameters, seed and history alone, never of other rows or of earlier calls.
///
/// Holds scratch memory: one for each thread that samples.
public struct Sampler: Sendable {
    private var candidates = TokenCandidates()
    private var selection = RadixSelection()
    private var logprobs = LogprobReader()
    private var rawRow: [Float] = []

    public init() {}

    /// Chooses a token and appends it to the sequence.
    ///
    /// - Parameters:
    ///   - row: the model's logits, one for each token id. Its contents are undefined afterwards.
    ///   - sequence: unchanged when an error is thrown.
    /// - Throws: ``SamplingError``, which concerns this sequence only.
    public mutating func sample(
        _ row: UnsafeMutableBufferPointer<Float>, for sequence: inout SequenceSampling
    ) throws(SamplingError) -> SampledToken {
        guard row.count == sequence.vocabularySize else {
            throw .wrongRowLength(expected: sequence.vocabularySize, got: row.count)
        }
        keepRawRow(row, sequence.params)
        let token = try choose(row, for: sequence)
        let reported = try report(token, sequence.params)
        sequence.append(token)
        return SampledToken(tokenID: token, logprobs: reported)
    }

    private mutating func choose(
        _ row: UnsafeMutableBufferPointer<Float>, for sequence: SequenceSampling
    ) throws(SamplingError) -> Int {
        let logits = UnsafeBufferPointer(row)
        var maximum = try LogitsRow.maximum(logits)
        if !sequence.chain.isEmpty || sequence.constraint != nil {
            sequence.chain.process(row, history: sequence.history)
            sequence.constraint?.restrict(row)
            maximum = try LogitsRow.maximum(logits, ruled: true)
        }
        if sequence.params.isGreedy { return maximum.tokenID }
        weigh(logits, maximum: maximum.value, for: sequence)
        return candidates.draw(sequence.nextUniform())
    }

    /// Fills `candidates` with the tokens that pass all filters and their weights.
    private mutating func weigh(
        _ logits: UnsafeBufferPointer<Float>, maximum: Float, for sequence: SequenceSampling
    ) {
        let temperature = sequence.params.effectiveTemperature
        var threshold = -Float.infinity
        // Both filters keep what is above a bound and neither bound depends on the other, so their order is no matter.
        if let minP = sequence.minP {
            threshold = minP.threshold(maximum: maximum, temperature: temperature)
        }
        if let topK = sequence.topK {
            threshold = max(threshold, topK.threshold(logits, selection: &selection))
        }
        candidates.collect(logits, atLeast: threshold)
        candidates.exponentiate(maximum: maximum, temperature: temperature)
        sequence.topP?.apply(to: &candidates, selection: &selection)
    }

    /// The rules overwrite the row, but log-probabilities are those of the model.
    private mutating func keepRawRow(_ row: UnsafeMutableBufferPointer<Float>, _ params: SamplingParams) {
        rawRow.removeAll(keepingCapacity: true)
        if params.logprobs != nil { rawRow.append(contentsOf: row) }
    }

    private mutating func report(_ token: Int, _ params: SamplingParams) throws(SamplingError) -> TokenLogprobs? {
        guard let count = params.logprobs else { return nil }
        return try rawRow.withUnsafeBufferPointer { row throws(SamplingError) in
            try logprobs.logprobs(of: token, top: count, in: row)
        }
    }
}

extension Sampler {
    /// The probabilities that the next draw for a sequence would have, by token id: for tests and for showing what the
    /// parameters do. Tokens that cannot be drawn are absent. Greedy sampling gives one token.
    package mutating func distribution(
        _ row: UnsafeMutableBufferPointer<Float>, for sequence: SequenceSampling
    ) throws(SamplingError) -> [Int: Double] {
        let token = try choose(row, for: sequence)
        if sequence.params.isGreedy { return [token: 1] }
        var probabilities: [Int: Double] = [:]
        for index in 0..<candidates.count where candidates.values[index] > 0 {
            probabilities[candidates.tokenID(at: index)] = Double(candidates.values[index]) / candidates.total
        }
        return probabilities
    }
}
