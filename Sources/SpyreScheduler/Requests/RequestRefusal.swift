/// Why a scheduler does not take a request at all: it could never run.
public enum RequestRefusal: Error, Sendable, Equatable, CustomStringConvertible {
    case emptyPrompt
    case noNewTokens(Int)
    case tooLong(prompt: Int, newTokens: Int, limit: Int)
    case needsMoreBlocks(needed: Int, capacity: Int)
    /// Alone it would be longer than rows times cache length may be.
    case exceedsBatchLimit(tokens: Int, limit: Int)
    case fitsNoShape(prompt: Int, newTokens: Int, shapes: [WarmupShape])
    case knownAlready(RequestID)
    /// The policy has no steps with the logits of all rows.
    case reportsPrompt
    /// The policy does not start several sequences from one prompt.
    case hasSiblings

    public var description: String {
        switch self {
        case .emptyPrompt: "the prompt has no tokens"
        case .noNewTokens(let count): "\(count) new tokens were asked for; ask for at least 1"
        case .tooLong(let prompt, let newTokens, let limit):
            "the prompt has \(prompt) tokens and \(newTokens) new ones were asked for; together at most \(limit) fit"
        case .needsMoreBlocks(let needed, let capacity):
            "the request may need \(needed) KV blocks, there are \(capacity); ask for fewer tokens, or give the cache "
                + "more memory"
        case .exceedsBatchLimit(let tokens, let limit):
            "the request may have \(tokens) tokens in the cache, a batch at most \(limit); ask for fewer tokens, or "
                + "raise --max-batch-tkv-limit (VLLM_DT_MAX_BATCH_TKV_LIMIT)"
        case .fitsNoShape(let prompt, let newTokens, let shapes):
            "a prompt of \(prompt) tokens and \(newTokens) new ones fits no warmup shape; there are "
                + shapes.map(\.description).joined(separator: ", ") + " (prompt x new tokens x batch)"
        case .knownAlready(let id): "there is a request \(id) already"
        case .hasSiblings: "sequences with one prompt have to be requests of their own under this policy"
        case .reportsPrompt:
            "log-probabilities of the prompt are had under the continuous policy only; leave them out, or change the "
                + "policy"
        }
    }

    /// What every policy asks of a request.
    static func check(_ request: SchedulerRequest, maximumLength: Int) throws(RequestRefusal) {
        let prompt = request.prompt.count, new = request.maximumNewTokens
        guard prompt > 0 else { throw .emptyPrompt }
        guard new > 0 else { throw .noNewTokens(new) }
        guard new <= maximumLength, prompt <= maximumLength - new else {
            throw .tooLong(prompt: prompt, newTokens: new, limit: maximumLength)
        }
    }
}
