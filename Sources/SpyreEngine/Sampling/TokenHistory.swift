/// The tokens of one sequence, as far as the rules about logits look at them.
struct TokenHistory: Sendable {
    private(set) var output: [Int] = []
    /// How often the output has each token id of prompt and output (0: only the prompt has it). Empty unless counted.
    private(set) var counts: [Int: Int] = [:]
    private let isCounting: Bool

    /// - Parameter isCounting: whether `counts` is kept; only penalties need it.
    init(prompt: [Int], isCounting: Bool) {
        self.isCounting = isCounting
        if isCounting {
            for token in prompt { counts[token] = 0 }
        }
    }

    mutating func append(_ token: Int) {
        output.append(token)
        if isCounting { counts[token, default: 0] += 1 }
    }
}
