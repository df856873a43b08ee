extension SamplingParams {
    /// The JSON names of the fields, in vLLM's order.
    public enum Field: String, CodingKey, CaseIterable, Sendable {
        case n
        case temperature
        case topP = "top_p"
        case topK = "top_k"
        case minP = "min_p"
        case repetitionPenalty = "repetition_penalty"
        case presencePenalty = "presence_penalty"
        case frequencyPenalty = "frequency_penalty"
        case seed
        case stop
        case stopTokenIDs = "stop_token_ids"
        case includeStopStringInOutput = "include_stop_str_in_output"
        case ignoreEOS = "ignore_eos"
        case minTokens = "min_tokens"
        case maxTokens = "max_tokens"
        case logprobs
        case promptLogprobs = "prompt_logprobs"
        case logitBias = "logit_bias"
        case badWords = "bad_words"
        case allowedTokenIDs = "allowed_token_ids"
        case skipSpecialTokens = "skip_special_tokens"
    }
}
