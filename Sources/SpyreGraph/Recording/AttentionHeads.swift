/// Geometry of grouped-query attention (Ainslie et al. 2023).
public struct AttentionHeads: Hashable, Sendable {
    /// Query heads.
    public var count: Int
    /// Key/value heads; divides `count`.
    public var kvCount: Int
    /// Elements of a head.
    public var size: Int

    public init(count: Int, kvCount: Int, size: Int) {
        self.count = count
        self.kvCount = kvCount
        self.size = size
    }
}
