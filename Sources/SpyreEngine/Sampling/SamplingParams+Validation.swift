extension SamplingParams {
    /// Checks every field against its range, NaN and infinities included, and the fields against each other.
    ///
    /// Before a model is loaded everything that does not depend on it can be checked with nil for what is not known yet.
    ///
    /// - Parameters:
    ///   - vocabularySize: number of token ids of the model; ids must be in 0 ..< vocabularySize. nil: not known.
    ///   - maximumModelLength: greatest number of tokens, prompt and output together, of one sequence. nil: not known.
    ///   - limits: what this deployment allows.
    /// - Throws: the first fault, in the order of the fields.
    public func validate(
        vocabularySize: Int?, maximumModelLength: Int?, limits: SamplingLimits = SamplingLimits()
    ) throws(SamplingParamsError) {
        // What is not known refuses nothing.
        let maximumModelLength = maximumModelLength ?? .max
        try Check.integer("n", n, in: 1...max(1, limits.maximumSequences))
        try validateDistribution()
        try validateStopping(vocabularySize: vocabularySize ?? .max, limits: limits)
        try validateLengths(maximumModelLength: maximumModelLength, limits: limits)
        try Check.logprobs("logprobs", logprobs, vocabularySize: vocabularySize, limits: limits)
        try Check.logprobs("prompt_logprobs", promptLogprobs, vocabularySize: vocabularySize, limits: limits)
        try validateTokenRules(vocabularySize: vocabularySize ?? .max, limits: limits)
    }

    private func validateDistribution() throws(SamplingParamsError) {
        try Check.number("temperature", temperature, in: 0...2)
        if isGreedy && n > 1 {
            throw .conflict(
                field: "n", reason: "must be 1 when temperature is 0 (all sequences would be equal), got \(n)")
        }
        try Check.number("top_p", topP, above: 0, upTo: 1)
        if topK < -1 || topK > Int(Int32.max) {
            throw .outOfRange(
                field: "top_k", value: "\(topK)", allowed: "an integer in -1...\(Int32.max) (0 or -1: all)")
        }
        try Check.number("min_p", minP, in: 0...1)
        guard repetitionPenalty > 0, repetitionPenalty.isFinite else {
            throw .outOfRange(
                field: "repetition_penalty", value: "\(repetitionPenalty)", allowed: "a finite number greater than 0")
        }
        try Check.number("presence_penalty", presencePenalty, in: -2...2)
        try Check.number("frequency_penalty", frequencyPenalty, in: -2...2)
    }

    private func validateStopping(vocabularySize: Int, limits: SamplingLimits) throws(SamplingParamsError) {
        try Check.strings("stop", stop, maximumCount: limits.maximumStopStrings, limits: limits)
        try Check.count("stop_token_ids", stopTokenIDs.count, maximum: limits.maximumStopTokens)
        try Check.tokenIDs("stop_token_ids", stopTokenIDs, vocabularySize: vocabularySize)
    }

    private func validateLengths(maximumModelLength: Int, limits: SamplingLimits) throws(SamplingParamsError) {
        if let maxTokens {
            try Check.integer("max_tokens", maxTokens, in: 1...max(1, maximumModelLength))
            let (total, overflow) = n.multipliedReportingOverflow(by: maxTokens)
            if let budget = limits.maximumGeneratedTokens, overflow || total > budget {
                throw .outOfRange(
                    field: "max_tokens", value: "\(maxTokens) for n = \(n)",
                    allowed: "at most \(budget) tokens over all n sequences")
            }
        }
        let greatest = maxTokens ?? maximumModelLength
        guard minTokens >= 0, minTokens <= greatest else {
            let name = maxTokens == nil ? "the context length" : "max_tokens"
            throw .outOfRange(
                field: "min_tokens", value: "\(minTokens)",
                allowed: greatest == .max ? Check.integers(0...greatest) : "an integer in 0...\(greatest) (\(name))")
        }
    }

    private func validateTokenRules(vocabularySize: Int, limits: SamplingLimits) throws(SamplingParamsError) {
        try Check.count("logit_bias", logitBias.count, maximum: limits.maximumLogitBiases)
        // Sorted, so that the same parameters always give the same error.
        for (token, bias) in logitBias.sorted(by: { $0.key < $1.key }) {
            try Check.tokenIDs("logit_bias", [token], vocabularySize: vocabularySize)
            guard bias.isFinite else {
                throw .outOfRange(field: "logit_bias[\"\(token)\"]", value: "\(bias)", allowed: "a finite number")
            }
        }
        try Check.strings("bad_words", badWords, maximumCount: limits.maximumBadWords, limits: limits)
        if let allowedTokenIDs {
            guard !allowedTokenIDs.isEmpty else {
                throw .outOfRange(field: "allowed_token_ids", value: "[]", allowed: "a list of at least one token id")
            }
            try Check.count("allowed_token_ids", allowedTokenIDs.count, maximum: vocabularySize)
            try Check.tokenIDs("allowed_token_ids", allowedTokenIDs, vocabularySize: vocabularySize)
        }
    }
}
