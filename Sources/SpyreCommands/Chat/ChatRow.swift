import SpyreEngine

/// One answer of `spyre chat --json`.
struct ChatRow: Encodable {
    let role = "assistant"
    let content: String
    let tokenIDs: [Int]
    let finishReason: FinishReason

    private enum CodingKeys: String, CodingKey {
        case role, content
        case tokenIDs = "token_ids"
        case finishReason = "finish_reason"
    }
}
