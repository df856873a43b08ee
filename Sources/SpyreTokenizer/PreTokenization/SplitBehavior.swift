/// What becomes of the text that a split's pattern matches.
public enum SplitBehavior: String, Sendable, Hashable, CaseIterable {
    /// A match is dropped.
    case removed = "Removed"
    /// A match is a piece of its own.
    case isolated = "Isolated"
    /// A match is joined to the piece before it.
    case mergedWithPrevious = "MergedWithPrevious"
    /// A match is joined to the piece behind it.
    case mergedWithNext = "MergedWithNext"
    /// Neighbouring matches are one piece.
    case contiguous = "Contiguous"
}
