/// What a request says about the way its answer is sent.
struct StreamFields: Sendable, Equatable {
    var isStreamed = false
    /// The last chunk of a stream tells the usage, or every chunk does.
    var includesUsage = false
    var usageIsContinuous = false
    /// Tokens are told as `token_id:N`, and the ids of prompt and output beside the texts.
    var namesTokensByID = false
    var returnsTokenIDs = false

    init(_ fields: FieldReader) throws(APIError) {
        isStreamed = try fields.bool("stream") ?? false
        namesTokensByID = try fields.bool("return_tokens_as_token_ids") ?? false
        returnsTokenIDs = try fields.bool("return_token_ids") ?? false
        guard let options = try fields.object("stream_options") else { return }
        guard isStreamed else { throw fields.fail("stream_options", "is for requests with stream true") }
        includesUsage = try options.bool("include_usage") ?? false
        let isContinuous = try options.bool("continuous_usage_stats") ?? false
        usageIsContinuous = includesUsage && isContinuous
    }
}
