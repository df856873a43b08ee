/// Where keys, values and queries begin among the random rows of a `KernelContext`, and which row a token has.
struct AttentionData {
    static let keyRow = 0
    static let valueRow = 1 << 24
    static let queryRow = 1 << 25

    /// Tokens of the longest sequence.
    let context: Int
    /// Tokens whose keys and values are the same in all sequences.
    let prefix: Int

    func row(sequence: Int, token: Int) -> Int { token < prefix ? token : sequence * context + token }

    static func scale(headSize: Int) -> Double { 1 / Double(headSize).squareRoot() }
}

extension PagedAttentionCase {
    /// Tokens that are the same in all sequences: contiguous attention has them once for each.
    var prefix: Int { mix.sharedTokens(sequences: sequences, context: context, blockTokens: blockTokens) }
}
