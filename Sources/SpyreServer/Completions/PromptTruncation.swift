/// Cuts prompts that are too long, where a request asks for it.
struct PromptTruncation: Sendable, Equatable {
    /// Tokens that are kept at most; nil for what the context has room for.
    let tokens: Int?
    let keepsEnd: Bool

    init?(_ fields: FieldReader) throws(APIError) {
        guard let count = try fields.integer("truncate_prompt_tokens", in: -1...Int.max) else { return nil }
        guard count != 0 else { throw fields.fail("truncate_prompt_tokens", "must be at least 1, or -1, got 0") }
        tokens = count == -1 ? nil : count
        switch try fields.string("truncation_side") ?? "left" {
        case "left": keepsEnd = true
        case "right": keepsEnd = false
        case let other:
            throw fields.fail("truncation_side", "must be left or right, got \(PrintableText.quoted(other))")
        }
    }

    /// - Parameter room: tokens of a prompt that the context has room for.
    func apply(to ids: [Int], room: Int) -> [Int] {
        let count = min(tokens ?? room, ids.count)
        return Array(keepsEnd ? ids.suffix(count) : ids.prefix(count))
    }
}
