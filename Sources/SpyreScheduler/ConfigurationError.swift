/// Limits with which a scheduler could not work.
public enum ConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
    /// A number is out of its range; `name` is what options call it.
    case outOfRange(name: String, value: Int, range: ClosedRange<Int>)
    case chunkNotWholeBlocks(chunk: Int, blockTokens: Int)
    case budgetBelowSequences(budget: Int, sequences: Int)
    case budgetBelowLength(budget: Int, length: Int)
    case tooFewBlocks(needed: Int, capacity: Int)
    case noShapes
    case shapeNotAligned(WarmupShape)
    /// What runs the steps has no room for it.
    case shapeTooLarge(WarmupShape, String)
    case unreadableShape(String)
    /// A variable of the environment has a value that means nothing.
    case unreadableVariable(name: String, value: String, expected: String)
    case unequalLists(String)

    public var description: String {
        switch self {
        case .outOfRange(let name, let value, let range):
            "\(name) is \(value); it has to be from \(range.lowerBound) to \(range.upperBound)"
        case .chunkNotWholeBlocks(let chunk, let blockTokens):
            "a chunk of \(chunk) tokens is no multiple of the KV block of \(blockTokens); choose one that is"
        case .budgetBelowSequences(let budget, let sequences):
            "a step of \(budget) tokens has no room for one of each of \(sequences) sequences; raise "
                + "max-num-batched-tokens or lower max-num-seqs"
        case .budgetBelowLength(let budget, let length):
            "without chunked prefill a step of \(budget) tokens does not hold a request of \(length); raise "
                + "max-num-batched-tokens or lower max-model-len"
        case .tooFewBlocks(let needed, let capacity):
            "\(needed) KV blocks are needed and there are \(capacity); give the cache more memory or lower the limits"
        case .noShapes: "there are no warmup shapes; give at least one, such as 64x20x1"
        case .shapeNotAligned(let shape):
            "the prompt length of warmup shape \(shape) is no multiple of 64; choose one that is"
        case .shapeTooLarge(let shape, let reason): "warmup shape \(shape): \(reason)"
        case .unreadableShape(let text):
            "'\(text)' is no warmup shape; write prompt length, new tokens and batch size as in 64x20x4"
        case .unreadableVariable(let name, let value, let expected):
            "\(name) is '\(value)'; it has to be \(expected)"
        case .unequalLists(let names): "\(names) have to be lists of the same length"
        }
    }

    /// Refuses a number out of its range.
    public static func check(_ name: String, _ value: Int, _ range: ClosedRange<Int>) throws(ConfigurationError) {
        guard range.contains(value) else { throw .outOfRange(name: name, value: value, range: range) }
    }

    /// What counts of tokens, sequences and blocks may be at most: sums and products of a few of them do not overflow.
    static let greatestCount = 1 << 28
}
