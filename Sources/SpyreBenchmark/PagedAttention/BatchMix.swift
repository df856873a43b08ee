import Foundation

/// How the context lengths of a batch are spread. Every mix of `n` sequences has one number, the context C, from which
/// the lengths follow, so that a sweep is the same on every machine.
package enum BatchMix: String, Sendable, CaseIterable, Encodable {
    /// All sequences have C tokens.
    case uniform
    /// Sequence r = 1 ... n has C / r tokens, rounded up (Zipf's law with exponent 1).
    case zipf
    /// The first sequence has C tokens, the others C / 16, rounded up.
    case oneLong = "one-long"
    /// All sequences have C tokens, of which the first C / 2, rounded down to whole blocks, are the same in all of them
    /// and lie in the same blocks.
    case sharedPrefix = "shared-prefix"

    /// Tokens of each sequence, none longer than the first.
    package func lengths(sequences: Int, context: Int) -> [Int] {
        (0..<sequences).map { index in
            switch self {
            case .uniform, .sharedPrefix: context
            case .zipf: (context + index) / (index + 1)
            case .oneLong: index == 0 ? context : (context + 15) / 16
            }
        }
    }

    /// Tokens that all sequences have in common, whole blocks of them.
    package func sharedTokens(sequences: Int, context: Int, blockTokens: Int) -> Int {
        self == .sharedPrefix && sequences > 1 ? context / 2 / blockTokens * blockTokens : 0
    }

    package var formula: String {
        switch self {
        case .uniform: "n sequences of C tokens"
        case .zipf: "sequence r = 1 ... n has C / r tokens"
        case .oneLong: "one sequence of C tokens, the others of C / 16"
        case .sharedPrefix: "n sequences of C tokens, whose first C / 2 lie in the same blocks"
        }
    }
}
