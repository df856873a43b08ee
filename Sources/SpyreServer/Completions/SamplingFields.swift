import SpyreEngine

/// The sampling fields that completions and chat have in common, with vLLM's names. Ranges are checked by the engine.
enum SamplingFields {
    static func read(_ fields: FieldReader, into params: inout SamplingParams) throws(APIError) {
        try readDistribution(fields, &params)
        try readStopping(fields, &params)
        try readTokenRules(fields, &params)
        try refuseOthers(fields, n: params.n)
    }

    private static func readDistribution(_ fields: FieldReader, _ params: inout SamplingParams) throws(APIError) {
        params.n = try fields.integer("n") ?? params.n
        params.temperature = try fields.number("temperature") ?? params.temperature
        params.topP = try fields.number("top_p") ?? params.topP
        params.topK = try fields.integer("top_k") ?? params.topK
        params.minP = try fields.number("min_p") ?? params.minP
        params.repetitionPenalty = try fields.number("repetition_penalty") ?? params.repetitionPenalty
        params.presencePenalty = try fields.number("presence_penalty") ?? params.presencePenalty
        params.frequencyPenalty = try fields.number("frequency_penalty") ?? params.frequencyPenalty
        params.seed = try fields.integer("seed").map(Int64.init) ?? params.seed
    }

    private static func readStopping(_ fields: FieldReader, _ params: inout SamplingParams) throws(APIError) {
        params.stop = try fields.strings("stop") ?? params.stop
        params.stopTokenIDs = try fields.integers("stop_token_ids") ?? params.stopTokenIDs
        params.includeStopStringInOutput =
            try fields.bool("include_stop_str_in_output") ?? params.includeStopStringInOutput
        params.ignoreEOS = try fields.bool("ignore_eos") ?? params.ignoreEOS
        params.minTokens = try fields.integer("min_tokens") ?? params.minTokens
        params.skipSpecialTokens = try fields.bool("skip_special_tokens") ?? params.skipSpecialTokens
    }

    private static func readTokenRules(_ fields: FieldReader, _ params: inout SamplingParams) throws(APIError) {
        params.promptLogprobs = try fields.integer("prompt_logprobs") ?? params.promptLogprobs
        params.badWords = try fields.strings("bad_words") ?? params.badWords
        params.allowedTokenIDs = try fields.integers("allowed_token_ids") ?? params.allowedTokenIDs
        guard let biases = try fields.object("logit_bias") else { return }
        var table: [Int: Float] = [:]
        for member in biases.object.members {
            guard let token = Int(member.name) else {
                throw fields.fail(
                    "logit_bias",
                    "must be an object from token ids to numbers, got the name "
                        + PrintableText.quoted(member.name))
            }
            guard let bias = FieldReader.number(member.value) else {
                throw fields.fail("logit_bias", "must have numbers, got \(member.value.kind) for \(token)")
            }
            table[token] = Float(bias)
        }
        params.logitBias = table
    }

    /// Fields that would change the output and are not served: ignoring them would answer another question.
    private static func refuseOthers(_ fields: FieldReader, n: Int) throws(APIError) {
        if let count = try fields.integer("best_of"), count != n {
            throw fields.fail("best_of", "must be equal to n (\(n)), got \(count)")
        }
        if try fields.bool("use_beam_search") == true { throw fields.fail("use_beam_search", "is not supported") }
        if let priority = try fields.integer("priority"), priority != 0 {
            throw fields.fail("priority", "must be 0: requests are served in the order of their arrival")
        }
        for name in ["logits_processors", "prompt_embeds", "kv_transfer_params"] where fields.value(name) != nil {
            throw fields.fail(name, "is not supported")
        }
    }
}
