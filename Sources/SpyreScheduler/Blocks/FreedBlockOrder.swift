/// Where the free list takes up a freed block that is not in the prefix cache. Cached ones always go to its end.
public enum FreedBlockOrder: Sendable {
    /// Behind the others, so that the list is in order of last use.
    case last
    /// In front: blocks that nobody can use again are handed out before cached ones are lost.
    case first
}
