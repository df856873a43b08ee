/// What a block's contents depend on beside its tokens and those before them: two sequences share blocks only when all
/// of it is equal.
public struct PrefixIdentity: Hashable, Sendable {
    /// Names the weights, their types and the type of the cache.
    public var model: String
    public var adapter: String?
    /// Keeps tenants apart, so that nobody learns from the time of an answer what another has asked.
    public var salt: String?

    public init(model: String = "", adapter: String? = nil, salt: String? = nil) {
        self.model = model
        self.adapter = adapter
        self.salt = salt
    }
}
